"""
`torch_mlu.core.mlu_quantize`: the public quantiser's branches, as Cambricon's `catch` has them
(torch_mlu/core/mlu_quantize.py).
"""

import copy

import torch.nn as nn

from .quantized.modules import MLUConv1d, MLUConv2d, MLUConv3d, MLULinear
from .quantized.qconfig import MLUQConfig

DEFAULT_MAPPING = {nn.Linear: MLULinear, nn.Conv1d: MLUConv1d, nn.Conv2d: MLUConv2d, nn.Conv3d: MLUConv3d}


def quantize_dynamic_mlu(model, qconfig_spec=None, dtype=None, mapping=None, inplace=False, gen_quant=False, mixed_layer=None):
    """
    Replaces convolutions and linear layers by quantised ones; with `gen_quant` they watch their inputs, and `state_dict()`
    has the scales.

    Without a `qconfig_spec` the dtype is not read: the observers are int8's. Whether the closed 1.3 build reads it is not
    established.
    """
    if qconfig_spec is None:
        qconfig = MLUQConfig("int8", {})
    elif isinstance(qconfig_spec, dict):
        if gen_quant and dtype not in ("int8", "int16"):
            raise ValueError("Unknow dtype for quantization")
        qconfig = MLUQConfig(dtype or "int8", qconfig_spec)
    else:
        raise ValueError("Unknown qconfig_spec")
    if not inplace:
        try:
            model = copy.deepcopy(model)
        except Exception as error:  # as the vendor's: whatever it is, the model itself is converted
            print("[warning] the model cannot be copied and is converted in place: {}".format(error))
    model.eval()
    _convert(model, "", qconfig, mapping or DEFAULT_MAPPING, gen_quant, _dtypes_of_layers(mixed_layer))
    return model


def _dtypes_of_layers(mixed_layer):
    """{"a, b": "int16"} as {"a": "int16", "b": "int16"}; the names are prefixes."""
    dtypes = {}
    for names, dtype in (mixed_layer or {}).items():
        if dtype not in ("int8", "int16"):
            raise ValueError("Unknow dtype for quantization")
        for name in names.split(","):
            dtypes[name.strip()] = dtype
    return dtypes


def _convert(module, prefix, qconfig, mapping, gen_quant, dtypes):
    for name, child in list(module.named_children()):
        path = prefix + name
        quantised = mapping.get(type(child))
        if quantised is None and child._get_name() == "Conv2d":
            quantised = mapping.get(nn.Conv2d)
        if quantised is None:
            _convert(child, path + ".", qconfig, mapping, gen_quant, dtypes)
            continue
        own = [dtype for named, dtype in dtypes.items() if path == named or path.startswith(named + ".")]
        module._modules[name] = quantised.from_float(child, qconfig.with_dtype(own[0]) if own else qconfig, gen_quant)
