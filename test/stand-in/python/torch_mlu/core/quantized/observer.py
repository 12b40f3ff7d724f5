"""What a layer's inputs reach, and the scale that is made of it (`catch`: torch_mlu/core/quantized/observer.py)."""

import math

import torch
import torch.nn as nn

QMAX = {"int8": 127.0, "int16": 32767.0}


def scale_of(min_val, max_val, dtype, what):
    """qmax / absmax as a Python float; 1.0 where there is nothing to divide by."""
    absmax = max(max_val, -min_val)
    if math.isnan(absmax):
        print("[warning] {} is not a number; its scale is set to 1.0.".format(what))
        return 1.0
    return 1.0 if absmax == 0 else QMAX[dtype] / absmax


class MLUMinMaxObserver(nn.Module):
    """Smallest and largest input of a layer, per tensor, over the first `iteration` forwards."""

    def __init__(self, qconfig):
        super(MLUMinMaxObserver, self).__init__()
        self.qconfig = qconfig
        self.calls = 0
        self.min_val = None
        self.max_val = None

    def forward(self, inputs):
        config = self.qconfig
        if self.calls >= config.iteration:
            print(
                "[warning] It seems that evaluation reaches maxium img_num or iteration is in network. Quantization still works."
            )
            return
        self.calls += 1
        low = torch.min(inputs).item() * config.data_scale
        high = torch.max(inputs).item() * config.data_scale
        if self.min_val is None:
            self.min_val, self.max_val = low, high
        elif config.use_avg:
            # The count is one ahead already, as in the public source: the mean of two is (2 a + b) / 3.
            self.min_val = (self.min_val * self.calls + low) / (self.calls + 1)
            self.max_val = (self.max_val * self.calls + high) / (self.calls + 1)
        else:
            self.min_val = min(self.min_val, low)
            self.max_val = max(self.max_val, high)

    def scale(self):
        if self.min_val is None:
            print("[warning] the observer never ran; the scale is set to 1.0.")
            return 1.0
        return scale_of(self.min_val, self.max_val, self.qconfig.dtype, "what the observer saw")
