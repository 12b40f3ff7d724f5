"""Runs the stand-in's quantiser, and writes as JSON what it saw and what came out: expectations are the test's."""

import contextlib
import io
import json
import sys

import torch
import torch.nn as nn

import torch_mlu.core.mlu_quantize as mlu_quantize
from torch_mlu.core.quantized.modules import MLUConv2d

torch.set_grad_enabled(False)


class Net(nn.Module):
    def __init__(self, channels=5):
        super(Net, self).__init__()
        self.first = nn.Conv2d(channels, 8, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8)
        self.block = nn.Sequential(nn.Conv2d(8, 6, 1), nn.ReLU(), nn.Conv2d(6, 4, 1))
        self.linear = nn.Linear(4, 3)

    def forward(self, x):
        return self.linear(self.block(self.depthwise(self.bn(self.first(x)))).mean(dim=(2, 3)))


def tensors(state_dict):
    return [
        {"key": key, "dtype": str(value.dtype), "shape": list(value.shape), "values": value.reshape(-1).tolist()}
        for key, value in state_dict.items()
    ]


def raises(call):
    try:
        call()
    except Exception as error:
        return [type(error).__name__, str(error)]
    return None


def quantise(options, dtype, forwards=3, mixed_layer=None, channels=5, net=None, magnitude=1.0):
    """Everything that one quantisation shows."""
    net = Net(channels).eval() if net is None else net
    MLUConv2d.is_first_layer = True
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        quantised = mlu_quantize.quantize_dynamic_mlu(net, options, dtype=dtype, gen_quant=True, mixed_layer=mixed_layer)
        seen = {}
        for name, module in net.named_modules():
            if isinstance(module, (nn.Conv2d, nn.Linear)):
                module.register_forward_hook(
                    lambda layer, given, output, name=name: seen.setdefault(name, []).append(
                        [given[0].min().item(), given[0].max().item()]
                    )
                )
        equal = True
        for index in range(forwards):
            pixels = torch.randn(2, channels, 6, 6) * magnitude * (index + 1) ** 2
            equal = torch.equal(net(pixels), quantised(pixels)) and equal
        state_dict = quantised.state_dict()
    return {
        "seen": seen,
        "equalToFloat": equal,
        "entries": tensors(state_dict),
        "metadata": list(state_dict._metadata),
        "weights": {key: value.reshape(len(value), -1).tolist() for key, value in net.state_dict().items() if value.dim() > 1},
        "printed": printed.getvalue(),
    }


def silent_load():
    net = Net().eval()
    options = {"firstconv": False}
    quantised = mlu_quantize.quantize_dynamic_mlu(net, options, dtype="int16", gen_quant=True)
    quantised(torch.randn(1, 5, 6, 6))
    state_dict = quantised.state_dict()
    del state_dict["block.0.scale"]
    loaded = mlu_quantize.quantize_dynamic_mlu(net, options)
    keys = loaded.load_state_dict(state_dict)
    return {"missing": keys.missing_keys, "scale": loaded.block[0].scale, "other": loaded.block[2].scale.tolist()}


def by_channel_loaded():
    net = Net().eval()
    options = {"firstconv": False, "per_channel": True}
    quantised = mlu_quantize.quantize_dynamic_mlu(net, options, dtype="int8", gen_quant=True)
    quantised(torch.randn(1, 5, 6, 6))
    loaded = mlu_quantize.quantize_dynamic_mlu(net, options)
    loaded.load_state_dict(quantised.state_dict())
    return {"scale": len(loaded.first.scale), "mode": loaded.first.quantized_mode.tolist()}


torch.manual_seed(int(sys.argv[1]))
plain = {"firstconv": False}
unusable = Net().eval()
unusable.block[0].weight.data.zero_()
unusable.block[0].bias.data.fill_(float("nan"))
print(json.dumps({
    "int16": quantise(plain, "int16"),
    "iteration2": quantise(dict(plain, iteration=2), "int16"),
    "iteration9": quantise(dict(plain, iteration=9), "int8"),
    "average": quantise(dict(plain, iteration=9, use_avg=True, data_scale=1.25), "int8"),
    "byChannel": quantise(dict(plain, per_channel=True), "int8"),
    "mixed": quantise(plain, "int8", mixed_layer={"first, block": "int16"}),
    "never": quantise(plain, "int16", forwards=0),
    "unusable": quantise(plain, "int16", forwards=1, net=unusable),
    "firstconv": quantise({"mean": [0.5, 0.25, 0], "std": [1, 0.5, 0.25]}, "int8", channels=3),
    "dtypeIgnored": quantise(None, "int16", channels=3),
    "refused": {
        "dtype": raises(lambda: mlu_quantize.quantize_dynamic_mlu(Net(), plain, dtype="int4", gen_quant=True)),
        "spec": raises(lambda: mlu_quantize.quantize_dynamic_mlu(Net(), "int16")),
        "firstconv": raises(lambda: quantise({}, "int8")),
        "mean": raises(lambda: quantise({"mean": [127, 127, 127]}, "int8", channels=3)),
    },
    "silent": silent_load(),
    "byChannelLoaded": by_channel_loaded(),
}).replace("NaN", "null"))  # JSON has no NaN; the test asks for none
