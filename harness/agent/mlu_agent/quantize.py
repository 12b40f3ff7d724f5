"""A checkpoint quantised by the vendor's quantiser on the CPU, checked, and saved as MLU PyTorch 1.3 loads it."""

import itertools
import os

import torch
import torch.nn as nn

from .checkpoints import load_state_dict, save_legacy
from .errors import BadFile, BadRequest, DeviceError
from .input_ranges import InputRanges
from .interruptible import unfinished
from .load_network import load_network
from .quantized_checks import QMAX, check_quantized, compare_ranges
from .vendor import import_torch_mlu, stand_in

# A first convolution that normalises by itself reads a picture (`catch`: torch_mlu/core/quantized/modules/conv.py).
PICTURE_CHANNELS = (1, 3, 4)


def quantize(
    weights, out, dtype, images, count, size, iteration=None, per_channel=False, firstconv=False, data_scale=1.0, yolox=None
):
    """
    weights: path of a float checkpoint; out: path to write; dtype: "int8" or "int16"; images: iterable of (name, float32 [1, 3,
    height, width]), the first `iteration` of which (all unless told) are run and set the ranges; count: how many they are;
    data_scale: what ranges are multiplied by (over 1 leaves room above what the images reach).

    Always with a qconfig, since the public quantiser does not read its dtype without one. Returns a dict that JSON can hold:
    output, dtype, images, iteration, convolutions, perChannel, dataScale, warnings, standIn. Raises BadRequest, BadFile,
    NotAvailable, and DeviceError where what the quantiser made is not what was asked for; then nothing is saved.
    """
    iteration = count if iteration is None else iteration
    _check_options(dtype, count, iteration, data_scale)
    network, _ = load_network(weights, size, "none", yolox)
    convolutions = [(name, module) for name, module in network.named_modules() if isinstance(module, nn.Conv2d)]
    if firstconv:
        _refuse_firstconv(*convolutions[0])
    quantiser = import_torch_mlu("torch_mlu.core.mlu_quantize")
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    qconfig = {
        "iteration": iteration,
        "use_avg": False,
        "data_scale": data_scale,
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
        "per_channel": per_channel,
        "firstconv": firstconv,
    }
    quantised = _by_vendor(quantiser.quantize_dynamic_mlu, network, qconfig_spec=qconfig, dtype=dtype, gen_quant=True)
    ranges = InputRanges(quantised, [name for name, _ in convolutions])
    with torch.no_grad():
        # More are not observed: the quantiser would run them, and say of every layer that it did not look.
        for _, pixels in itertools.islice(images, iteration):
            _by_vendor(quantised, torch.from_numpy(pixels))
    ranges.end()
    state_dict = _by_vendor(quantised.state_dict)

    depthwise = [name for name, module in convolutions if module.groups > 1]
    layers, warnings = _save_checked(state_dict, out, lambda saved: check_quantized(saved, before, depthwise, dtype, per_channel))
    warnings += compare_ranges(layers, ranges.absmax, data_scale)
    if iteration == 1:
        warnings.append("ranges are those of one image: whatever reaches further on another saturates; give more --images")
    elif iteration < count:
        warnings.append("ranges are those of the first {} of {} images".format(iteration, count))
    return {
        "output": out,
        "dtype": dtype,
        "images": count,
        "iteration": iteration,
        "convolutions": len(layers),
        "perChannel": per_channel,
        "dataScale": data_scale,
        "warnings": warnings,
        "standIn": stand_in(),
    }


def _check_options(dtype, count, iteration, data_scale):
    if dtype not in QMAX:
        raise BadRequest("the dtype must be int8 or int16, not {}".format(dtype))
    if count < 1:
        raise BadFile("cannot quantise without images: give some that are like those to be detected on")
    if not 1 <= iteration <= count:
        raise BadRequest("the iteration must be 1 to {}, the number of images, not {}".format(count, iteration))
    if not 0 < data_scale < float("inf"):
        raise BadRequest("the data scale must be above 0, not {}".format(data_scale))


def _refuse_firstconv(name, module):
    if module.in_channels not in PICTURE_CHANNELS:
        raise BadRequest(
            "firstconv cannot be used: the first convolution, {}, has {} input channels behind its Focus, and one that "
            "normalises by itself needs 1, 3 or 4: leave it out".format(name, module.in_channels)
        )


def _by_vendor(call, *args, **kw):
    try:
        return call(*args, **kw)
    # Its refusals are of every kind: AssertionError, ValueError, RuntimeError.
    except Exception as error:
        raise DeviceError("the quantiser failed ({}: {})".format(type(error).__name__, error))


def _save_checked(state_dict, out, check):
    """Saved under another name, read back from there and checked, and only then given its name."""
    unchecked = out + ".unchecked"
    unfinished.add(unchecked)
    save_legacy(state_dict, unchecked)
    try:
        checked = check(load_state_dict(unchecked))
        os.replace(unchecked, out)
        return checked
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(out, error.strerror))
    finally:
        if os.path.exists(unchecked):
            os.remove(unchecked)
        unfinished.discard(unchecked)
