"""
What quantised convolutions and linear layers have in common: their entries in a state_dict, and their arithmetic on the
card.
"""

import torch

from ....stand_in.device_tensor import is_on_device, on_device, plain
from ....stand_in.integers import INTEGER_TYPES, quantise
from ..observer import MLUMinMaxObserver, scale_of

MODES = {"int8": 1, "int16": 2}


class Quantised(object):
    """
    Beside a class of torch.nn. `scale` [input, weight] float32 and `quantized_mode` int32 are what a load brings; where it
    brings none they stay None, and nothing is said of it (`catch`: conv.py, __init__ and _load_from_state_dict). With
    `gen_quant` they are made when `state_dict()` is called.
    """

    # As the entries stand behind weight and bias.
    ENTRIES = ("scale", "quantized_mode")
    CHANNEL_SCALES = True

    def _set_up(self, module, qconfig, gen_quant):
        self.weight = module.weight
        self.bias = module.bias
        self.qconfig = qconfig
        self.gen_quant = gen_quant
        self.scale = None
        self.quantized_mode = None
        self._integer_weight = None
        if gen_quant:
            self.observer = MLUMinMaxObserver(qconfig)
            self.register_forward_hook(lambda layer, inputs, output: layer.observer(inputs[0]))
        return self.eval()

    # --- state_dict

    def _made_entries(self):
        weight = plain(self.weight).detach()
        dtype = self.qconfig.dtype
        mode = torch.tensor([MODES[dtype]], dtype=torch.int32)
        if not (self.qconfig.per_channel and self.CHANNEL_SCALES):
            of_weight = scale_of(weight.min().item(), weight.max().item(), dtype, "the weight")
            return {"scale": torch.tensor([self.observer.scale(), of_weight]), "quantized_mode": mode}
        channels = [scale_of(w.min().item(), w.max().item(), dtype, "the weight of a channel") for w in weight]
        return {
            "scale": torch.tensor([self.observer.scale(), 0.0]),
            "quantized_mode": mode,
            "quantized_by_channel": torch.ones(1, dtype=torch.int64),
            "scale_weight_per_channel": torch.tensor(channels),
        }

    def _save_to_state_dict(self, destination, prefix, keep_vars):
        super(Quantised, self)._save_to_state_dict(destination, prefix, keep_vars)
        entries = self._made_entries() if self.gen_quant else {"scale": self.scale, "quantized_mode": self.quantized_mode}
        for name in self.ENTRIES + ("quantized_by_channel", "scale_weight_per_channel"):
            if entries.get(name) is not None:
                destination[prefix + name] = entries[name]

    def _load_from_state_dict(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs):
        # strict is False whatever was asked for, as in the public source: what is missing is not reported.
        super(Quantised, self)._load_from_state_dict(
            state_dict, prefix, local_metadata, False, missing_keys, unexpected_keys, error_msgs
        )
        self._integer_weight = None
        if prefix + "scale" in state_dict:
            self.scale = state_dict[prefix + "scale"].detach().clone()
            if prefix + "scale_weight_per_channel" in state_dict:
                self.scale = torch.cat([self.scale, state_dict[prefix + "scale_weight_per_channel"]])
        if prefix + "quantized_mode" in state_dict:
            self.quantized_mode = state_dict[prefix + "quantized_mode"].detach().clone()
            if prefix + "quantized_by_channel" in state_dict:
                self.quantized_mode = self.quantized_mode + 2

    # --- on the card

    def depthwise(self):
        return False

    def dtype(self):
        return "int8" if self.quantized_mode.item() in (1, 3) else "int16"

    def weight_scale(self):
        """One value, or one for each output channel."""
        return self.scale[2:] if self.scale.numel() > 2 else self.scale[1:]

    def integer_weight(self):
        """int8 or int16, of the weight's shape; made once."""
        if self._integer_weight is None:
            weight = plain(self.weight).detach()
            scale = self.weight_scale().reshape([-1] + [1] * (weight.dim() - 1))
            self._integer_weight = quantise(weight, scale, self.dtype()).to(INTEGER_TYPES[self.dtype()])
        return self._integer_weight

    def forward(self, inputs):
        if not is_on_device(inputs):
            # On the CPU a quantised layer is the float layer.
            return super(Quantised, self).forward(inputs)
        if not is_on_device(self.weight):
            raise RuntimeError("the input is on the MLU and the weight on the CPU")
        return on_device(self._on_card(self.normalised(plain(inputs))))

    def normalised(self, inputs):
        return inputs

    def _on_card(self, inputs):
        bias = None if self.bias is None else plain(self.bias)
        if self.depthwise():
            return self.product(inputs, plain(self.weight), bias)
        if self.scale is None or self.quantized_mode is None:
            raise RuntimeError("a quantised layer has no scale or no quantized_mode")
        integers = quantise(inputs, self.scale[0].item(), self.dtype())
        # float64 holds every sum of integer products up to 2^53 exactly.
        sums = self.product(integers, self.integer_weight().to(torch.float64), None)
        channel = [-1] + [1] * self.spatial()
        of_weight = self.weight_scale().to(torch.float64).reshape(channel)
        values = (sums / self.scale[0].item() / of_weight).to(torch.float32)
        return values if bias is None else values + bias.reshape(channel)
