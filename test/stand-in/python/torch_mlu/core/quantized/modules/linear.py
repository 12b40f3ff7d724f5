"""Quantised linear layers (`catch`: torch_mlu/core/quantized/modules/linear.py)."""

import torch.nn as nn
import torch.nn.functional as F

from .quantised import Quantised


class MLULinear(Quantised, nn.Linear):
    ENTRIES = ("quantized_mode", "scale")

    @classmethod
    def from_float(cls, module, qconfig, gen_quant):
        return cls(module.in_features, module.out_features, module.bias is not None)._set_up(module, qconfig, gen_quant)

    def spatial(self):
        return 0

    def product(self, inputs, weight, bias):
        return F.linear(inputs, weight, bias)
