"""Asks the stand-in device for what a card has and has not, and writes as JSON what it said."""

import json
import os
import sys

import numpy
import torch
import torch.nn as nn
import torch.nn.functional as F

import torch_mlu
import torch_mlu.core.mlu_model as ct
import torch_mlu.core.mlu_quantize as mlu_quantize

torch.set_grad_enabled(False)
torch.manual_seed(3)


def said(call):
    try:
        call()
    except Exception as error:
        return str(error) or type(error).__name__
    return None


def settings():
    found = {
        "cores 16": said(lambda: ct.set_core_number(16)),
        "cores 17": said(lambda: ct.set_core_number(17)),
        "cores 0": said(lambda: ct.set_core_number(0)),
        "cores 4.0": said(lambda: ct.set_core_number(4.0)),
        "version MLU370": said(lambda: ct.set_core_version("MLU370")),
        "version MLU220": said(lambda: ct.set_core_version("MLU220")),
    }
    # 16 is still set, which an MLU220 has not.
    found["16 on MLU220"] = said(lambda: torch.zeros(1).to(ct.mlu_device()))
    found.update({
        "MLU220 cores 5": said(lambda: ct.set_core_number(5)),
        "MLU220 cores 4": said(lambda: ct.set_core_number(4)),
        "format 3": said(lambda: ct.set_input_format(3)),
        "format 4": said(lambda: ct.set_input_format(4)),
        "device 1": said(lambda: ct.set_device(1)),
        "device -2": said(lambda: ct.set_device(-2)),
    })
    ct.set_core_version("MLU270")
    ct.set_core_number(1)
    ct.set_input_format(0)
    return found


def operators():
    device = ct.mlu_device()
    host = torch.randn(1, 4, 6, 6)
    x = host.to(device)
    calls = {
        "sigmoid": lambda: x * torch.sigmoid(x),
        "slice": lambda: x[..., ::2, 1::2],
        "cat": lambda: torch.cat((x, x), 1),
        "pool": lambda: F.max_pool2d(x, 5, 1, 2),
        "upsample": lambda: F.interpolate(x, scale_factor=2, mode="nearest"),
        "batch norm": lambda: nn.BatchNorm2d(4).eval().to(device)(x),
        "depthwise": lambda: nn.Conv2d(4, 4, 3, groups=4).to(device)(x),
        "type_as": lambda: host.type_as(x) + x,
        "arange": lambda: torch.arange(4, device=device),
        "full": lambda: torch.full((2, 2), 1.0, device=device),
        "full_like": lambda: torch.full_like(x, 1),
        "meshgrid": lambda: torch.meshgrid(x[0, 0, 0], x[0, 0, 0]),
        "fill_": lambda: x.fill_(1),
        "silu": lambda: F.silu(x),
        "index_put_": lambda: x.index_put_((torch.tensor([0]),), x[0]),
        "float convolution": lambda: nn.Conv2d(4, 4, 3).to(device)(x),
        "float convolution in groups": lambda: nn.Conv2d(4, 4, 3, groups=2).to(device)(x),
        "float linear": lambda: nn.Linear(6, 2).to(device)(x),
        "numpy": lambda: x.numpy(),
        "mixed": lambda: x + host,
        "mixed in a list": lambda: torch.cat((x, host), 1),
    }
    written = x.clone()
    written[..., :2] = 0.0
    return {
        "said": {name: said(call) for name, call in calls.items()},
        "back": torch.equal(x.cpu(), host),
        "sliceAssigned": not torch.equal(written.cpu(), x.cpu()),
        "device": x.device.type,
    }


def reference(values, scale, low, high):
    """Half away from zero by numpy in float64, from a float32 product."""
    products = (values * numpy.float32(scale)).astype(numpy.float64)
    return numpy.clip(numpy.sign(products) * numpy.floor(numpy.abs(products) + 0.5), low, high)


def arithmetic(dtype, per_channel):
    """A 1x1 convolution by numpy's exact sums; inputs reach beyond what was calibrated, and some are halves."""
    qmax = 127.0 if dtype == "int8" else 32767.0
    net = nn.Sequential(nn.Conv2d(7, 5, 1))
    options = {"firstconv": False, "per_channel": per_channel}
    quantised = mlu_quantize.quantize_dynamic_mlu(net, options, dtype=dtype, gen_quant=True)
    calibration = torch.randn(1, 7, 4, 4)
    calibration[0, 0, 0, 0] = qmax / 16
    quantised(calibration)
    state_dict = quantised.state_dict()
    halves = (torch.randint(-300, 300, (1, 7, 4, 4)).float() + 0.5) / 16
    inputs = torch.cat([torch.randn(1, 7, 4, 4), halves, calibration * 1.5], 3)
    loaded = mlu_quantize.quantize_dynamic_mlu(net, options)
    loaded.load_state_dict(state_dict)
    device = ct.mlu_device()
    actual = loaded.to(device)(inputs.to(device)).cpu().numpy()
    scale = state_dict["0.scale"].numpy()
    weight = net[0].weight.numpy()[:, :, 0, 0]
    of_weight = state_dict["0.scale_weight_per_channel"].numpy() if per_channel else numpy.repeat(scale[1], 5)
    integers = reference(inputs.numpy(), scale[0], -qmax - 1, qmax)
    weights = numpy.stack([reference(row, s, -qmax - 1, qmax) for row, s in zip(weight, of_weight)])
    sums = numpy.einsum("oi,nihw->nohw", weights, integers)
    values = (sums / numpy.float64(scale[0]) / of_weight.astype(numpy.float64)[:, None, None]).astype(numpy.float32)
    expected = values + net[0].bias.numpy()[:, None, None]
    return {
        "largestDifference": float(numpy.abs(actual - expected).max()),
        "fromFloat": float(numpy.abs(actual - net(inputs).numpy()).max()),
        "saturated": int((numpy.abs(integers) >= qmax).sum()),
        "halves": int((numpy.abs(inputs.numpy() * scale[0]) % 1 == 0.5).sum()),
    }


def offline(folder):
    """When the files of an offline model appear."""
    net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU())
    quantised = mlu_quantize.quantize_dynamic_mlu(net, {"firstconv": False})
    device = ct.mlu_device()
    unloaded = mlu_quantize.quantize_dynamic_mlu(nn.Sequential(nn.Conv2d(3, 4, 3)), {"firstconv": False})
    without_scales = said(lambda: unloaded.to(device)(torch.rand(1, 3, 8, 8).to(device)))
    observing = mlu_quantize.quantize_dynamic_mlu(net, {"firstconv": False}, dtype="int8", gen_quant=True)
    observing(torch.rand(1, 3, 8, 8))
    quantised.load_state_dict(observing.state_dict())
    network = quantised.to(device)
    example = torch.rand(1, 3, 8, 8).to(device)
    name = os.path.join(folder, "when")
    seen = {"withoutScales": without_scales}
    ct.save_as_cambricon(name)
    network(example)
    seen["eager"] = os.path.exists(name + ".cambricon")
    with torch.enable_grad():
        seen["gradients"] = said(lambda: torch.jit.trace(network, example, check_trace=False))
    traced = torch.jit.trace(network, example, check_trace=False)
    seen["traced"] = os.path.exists(name + ".cambricon")
    traced(example)
    seen["run"] = os.path.exists(name + ".cambricon") and os.path.exists(name + ".cambricon_twins")
    os.remove(name + ".cambricon")
    ct.save_as_cambricon("")
    traced(example)
    seen["ended"] = os.path.exists(name + ".cambricon")
    seen["hostTensor"] = said(lambda: traced(torch.rand(1, 3, 8, 8)))
    ct.set_device(-1)
    seen["fake"] = said(lambda: network(example).cpu())
    return seen


print(json.dumps({
    "standIn": torch_mlu.MLU_PARITY_STAND_IN,
    "settings": settings(),
    "operators": operators(),
    "int16": arithmetic("int16", False),
    "int8": arithmetic("int8", False),
    "byChannel": arithmetic("int8", True),
    "offline": offline(sys.argv[1]),
}))
