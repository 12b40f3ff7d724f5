"""What the vendor's quantiser wrote into a state_dict, checked against the network that it is for."""

import collections

import torch
import torch.nn as nn

from .errors import BadFile
from .quantized_checks import DTYPES

# layers: paths of all quantised modules, in the network's order; dtype: "int8", "int16", or None where both occur; first:
# path of the layer that normalises its input by itself, or None. Depthwise convolutions, float on the card, are among them
# where they have scales.
QuantizedState = collections.namedtuple("QuantizedState", ["layers", "dtype", "per_channel", "first"])

FLOAT_LAYERS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)


def read_quantized_state(network, state_dict):
    """
    network: the float one, as yet without the quantiser's layers. Its every convolution that is not depthwise, and every
    linear layer, must have a usable scale: the vendor's loader says nothing of one that is missing.

    Raises BadFile naming the first layer that cannot be used.
    """
    layers = [
        name
        for name, module in network.named_modules()
        if isinstance(module, FLOAT_LAYERS) and (name + ".scale" in state_dict or not _depthwise(module))
    ]
    dtypes = set(_dtype_of(state_dict, layer) for layer in layers)
    for layer in layers:
        _check_quant_scales(state_dict, layer)
    first = [layer for layer in layers if layer + ".input_mean" in state_dict]
    return QuantizedState(
        layers,
        dtypes.pop() if len(dtypes) == 1 else None,
        any(expected_quant_scale(state_dict, layer).numel() > 2 for layer in layers),
        first[0] if first else None,
    )


def _depthwise(module):
    groups = getattr(module, "groups", 1)
    return groups > 1 and groups == module.in_channels


def expected_quant_scale(state_dict, layer):
    """`scale` as the layer has it once it is loaded: per channel, that of the input, 0, and those of the weight."""
    quant_scale = state_dict[layer + ".scale"]
    if layer + ".quantized_by_channel" in state_dict:
        return torch.cat([quant_scale, state_dict[layer + ".scale_weight_per_channel"]])
    return quant_scale


def _dtype_of(state_dict, layer):
    if layer + ".scale" not in state_dict or layer + ".quantized_mode" not in state_dict:
        raise BadFile(
            "{} has no scale or no quantized_mode, and the vendor's loader says nothing of it: quantise the checkpoint "
            "again".format(layer)
        )
    mode = state_dict[layer + ".quantized_mode"]
    if mode.numel() != 1 or int(mode.item()) not in DTYPES:
        raise BadFile("{} has quantized_mode {}, neither int8 nor int16: quantise it again".format(layer, mode.tolist()))
    return DTYPES[int(mode.item())]


def _check_quant_scales(state_dict, layer):
    by_channel = layer + ".quantized_by_channel" in state_dict
    if by_channel and layer + ".scale_weight_per_channel" not in state_dict:
        raise BadFile("{} has no scale_weight_per_channel, but says that it has: quantise the checkpoint again".format(layer))
    quant_scale = expected_quant_scale(state_dict, layer).reshape(-1)
    channels = state_dict[layer + ".weight"].shape[0]
    if quant_scale.numel() not in (2, 2 + channels):
        raise BadFile(
            "{} has {} scales for {} channels: quantise the checkpoint again".format(layer, quant_scale.numel(), channels)
        )
    used = quant_scale if quant_scale.numel() == 2 else torch.cat([quant_scale[:1], quant_scale[2:]])
    if not quant_scale.dtype.is_floating_point or not bool(((used > 0) & (used < float("inf"))).all()):
        raise BadFile("{} has a scale that is not a finite number above 0: quantise the checkpoint again".format(layer))
