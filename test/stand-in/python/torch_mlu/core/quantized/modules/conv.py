"""Quantised convolutions (`catch`: torch_mlu/core/quantized/modules/conv.py)."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .quantised import Quantised


class _MLUConv(Quantised):
    @classmethod
    def from_float(cls, module, qconfig, gen_quant):
        conv = cls(
            module.in_channels,
            module.out_channels,
            module.kernel_size,
            module.stride,
            module.padding,
            module.dilation,
            module.groups,
            module.bias is not None,
            module.padding_mode,
        )
        return conv._set_up(module, qconfig, gen_quant)

    def depthwise(self):
        """Such run in float, whatever their scales say."""
        return self.groups > 1 and self.groups == self.in_channels

    def spatial(self):
        return self.weight.dim() - 2

    def product(self, inputs, weight, bias):
        if self.padding_mode != "zeros":
            raise RuntimeError("the MLU pads with zeros alone, not with padding_mode {!r}".format(self.padding_mode))
        convolution = (F.conv1d, F.conv2d, F.conv3d)[self.spatial() - 1]
        return convolution(inputs, weight, bias, self.stride, self.padding, self.dilation, self.groups)


class MLUConv1d(_MLUConv, nn.Conv1d):
    pass


class MLUConv3d(_MLUConv, nn.Conv3d):
    CHANNEL_SCALES = False


class MLUConv2d(_MLUConv, nn.Conv2d):
    # The first convolution converted in the process, and no other, may normalise its input.
    is_first_layer = True

    def _set_up(self, module, qconfig, gen_quant):
        self.input_mean = None
        self.input_std = None
        if qconfig.firstconv and MLUConv2d.is_first_layer:
            mean, std = qconfig.mean, qconfig.std
            assert self.in_channels in (1, 3, 4), "firstconv needs 1, 3 or 4 input channels, not {}".format(self.in_channels)
            assert all(0 <= value <= 1 for value in list(mean) + list(std)), "mean and std must be within 0 and 1"
            MLUConv2d.is_first_layer = False
            self.input_mean = self._per_input(mean)
            self.input_std = self._per_input(std)
        return super(MLUConv2d, self)._set_up(module, qconfig, gen_quant)

    def _per_input(self, values):
        return (torch.tensor(values[: self.in_channels], dtype=torch.float32) * 255.0).reshape(1, -1, 1, 1)

    def normalised(self, inputs):
        if self.input_mean is None:
            return inputs
        return (inputs - self.input_mean) / self.input_std

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super(MLUConv2d, self)._save_to_state_dict(destination, prefix, keep_vars)
        if self.input_mean is not None:
            destination[prefix + "input_mean"] = self.input_mean
            destination[prefix + "input_std"] = self.input_std

    def _load_from_state_dict(self, state_dict, prefix, *rest):
        super(MLUConv2d, self)._load_from_state_dict(state_dict, prefix, *rest)
        if self.input_mean is not None and prefix + "input_mean" in state_dict:
            self.input_mean = state_dict[prefix + "input_mean"].detach().clone()
            self.input_std = state_dict[prefix + "input_std"].detach().clone()
