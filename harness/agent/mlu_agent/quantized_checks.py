"""
Whether a quantised state_dict is what was asked for: the public quantiser takes int8 where it does not read its dtype, and what
the closed one of 1.3 does is not known.
"""

import collections
import math

import torch

from .errors import DeviceError
from .variant import QUANTIZER_ENTRIES

QMAX = {"int8": 127.0, "int16": 32767.0}
# What `quantized_mode` says; 3 and 4 stand for the same where weights have a scale for each channel and were loaded and saved
# again.
DTYPES = {1: "int8", 2: "int16", 3: "int8", 4: "int16"}
# Between a scale of the quantiser's and one from the same inputs' absmax.
RANGE_TOLERANCE = 1e-3

# What one convolution says of itself; weight_quant_scales has one value, or one for each output channel.
Layer = collections.namedtuple("Layer", ["dtype", "input_quant_scale", "weight_quant_scales", "per_channel"])


def check_quantized(state_dict, float_state_dict, depthwise, dtype, per_channel):
    """
    state_dict: as the quantiser made it; float_state_dict: as it was before; depthwise: names of the convolutions that the card
    leaves in float, which may lack what the others must have. Returns (layers by name, warnings).

    Raises DeviceError naming the layer that is not quantised, of other bits, never calibrated, or whose weights or their scales
    are others.
    """
    layers = collections.OrderedDict()
    warnings = []
    for key in float_state_dict:
        if key not in state_dict:
            _refuse("{} is missing".format(key))
        if not torch.equal(state_dict[key].float(), float_state_dict[key].float()):
            _refuse("{} is not what it was before".format(key))
        name = key[: -len(".weight")]
        if not key.endswith(".weight") or float_state_dict[key].dim() != 4:
            continue
        missing = [entry for entry in ("scale", "quantized_mode") if name + "." + entry not in state_dict]
        if missing and name in depthwise:
            warnings.append("{} (depthwise) has no {}".format(name, " and no ".join(missing)))
            continue
        if missing:
            _refuse("{} has no {}".format(name, " and no ".join(missing)))
        layers[name] = _read(state_dict, name)
        _check_layer(name, layers[name], float_state_dict[key], dtype, per_channel)
    for key in state_dict:
        if key not in float_state_dict and key.rsplit(".", 1)[-1] not in QUANTIZER_ENTRIES:
            warnings.append("{} is an entry that is not known".format(key))
    return layers, warnings


def compare_ranges(layers, absmax, data_scale):
    """
    absmax: of the inputs of convolutions, by name, as far as they could be watched. Returns warnings: the layers whose input
    scale is another than qmax / (absmax * data_scale), as when images were left out, or ranges found in another way.
    """
    others = []
    for name, layer in layers.items():
        if not absmax.get(name):
            continue
        expected = QMAX[layer.dtype] / (absmax[name] * data_scale)
        if abs(layer.input_quant_scale - expected) > RANGE_TOLERANCE * expected:
            others.append((name, layer.input_quant_scale, expected))
    if not others:
        return []
    return [
        "{} of {} input scales are not those of the images' absmax, the first {}: {:.6g} where they give {:.6g}; the quantiser "
        "left images out, or finds ranges in another way".format(len(others), len(layers), *others[0])
    ]


def _read(state_dict, name):
    quant_scale = state_dict[name + ".scale"].float().reshape(-1).tolist()
    mode = state_dict[name + ".quantized_mode"].reshape(-1).tolist()
    dtype = DTYPES.get(mode[0]) if len(mode) == 1 else None
    if dtype is None:
        _refuse("{} has quantized_mode {}, and 1 (int8) and 2 (int16) are known".format(name, mode))
    channels = state_dict.get(name + ".scale_weight_per_channel")
    if channels is not None:
        return Layer(dtype, quant_scale[0], channels.float().reshape(-1).tolist(), True)
    if len(quant_scale) < 2:
        _refuse("{} has {} scales, and one of its input and those of its weight are needed".format(name, len(quant_scale)))
    return Layer(dtype, quant_scale[0], quant_scale[1:] if len(quant_scale) == 2 else quant_scale[2:], len(quant_scale) > 2)


def _check_layer(name, layer, weight, dtype, per_channel):
    if layer.dtype != dtype:
        _refuse("{} is {} and not {}: this release may not read its dtype".format(name, layer.dtype, dtype))
    if layer.per_channel != per_channel:
        names = {True: "for each channel", False: "for the whole tensor"}
        _refuse("{} has weight scales {} and not {}".format(name, names[layer.per_channel], names[per_channel]))
    if layer.input_quant_scale == 1.0:
        _refuse("{} was never calibrated, or had zeros alone for its input: its input scale is 1.0".format(name))
    if not (layer.input_quant_scale > 0 and math.isfinite(layer.input_quant_scale)):
        _refuse("{} has the input scale {}".format(name, layer.input_quant_scale))
    rows = weight.reshape(weight.shape[0], -1) if per_channel else weight.reshape(1, -1)
    if len(layer.weight_quant_scales) != len(rows):
        _refuse("{} has {} weight scales instead of {}".format(name, len(layer.weight_quant_scales), len(rows)))
    for index, (found, absmax) in enumerate(zip(layer.weight_quant_scales, rows.abs().max(1)[0].tolist())):
        expected = QMAX[dtype] / absmax if absmax else 1.0
        # float32 of a quotient in float64; the last bit is left to the quantiser.
        if not abs(found - expected) <= 2e-7 * expected:
            _refuse(
                "{} has the weight scale {:.9g} (of channel {}), and {:g} / absmax is {:.9g}".format(
                    name, found, index, QMAX[dtype], expected
                )
            )


def _refuse(what):
    raise DeviceError("the quantiser did not do what was asked, and nothing was saved: {}".format(what))
