"""Makes the checkpoints of this folder, and expected.json with what they hold.

Run with PyTorch 1.13.1 (Debian python3-torch) and numpy: python3 make.py
Every number is a small multiple of 1/8, so that each type but the integers holds it exactly.
"""

import collections
import json
import os

import numpy as np
import torch

HERE = os.path.dirname(os.path.abspath(__file__))


def values(count, start=0):
    return (torch.arange(start, start + count, dtype=torch.float32) - 5) / 8


def state_dict():
    base = values(24)
    state = collections.OrderedDict()
    state["backbone.conv.weight"] = base[:12].reshape(3, 4)
    state["backbone.conv.transposed"] = base.reshape(4, 6).t()  # strides 1, 6
    state["backbone.conv.window"] = base.reshape(4, 6)[1:3, 2:5]  # offset 8, strides 6, 1
    state["backbone.conv.expanded"] = values(3, 40).expand(2, 3)  # stride 0
    state["backbone.bn.num_batches_tracked"] = torch.tensor(2**53 + 1, dtype=torch.int64)
    state["head.parameter"] = torch.nn.Parameter(values(5, 60))
    state["head.half"] = torch.tensor([0.1, 65504.0, 6e-8, -0.0, float("inf")]).half()
    state["head.bfloat16"] = torch.tensor([0.1, 3e38, -1.5]).bfloat16()
    state["head.double"] = torch.tensor([0.1, 1e300], dtype=torch.float64)
    state["head.int32"] = torch.tensor([1, -2**31], dtype=torch.int32)
    state["head.int16"] = torch.tensor([[-32768], [7]], dtype=torch.int16)
    state["head.int8"] = torch.tensor([-128, 127], dtype=torch.int8)
    state["head.uint8"] = torch.tensor([0, 255], dtype=torch.uint8)
    state["head.bool"] = torch.tensor([True, False, True])
    state["head.empty"] = torch.zeros(0, 3)
    state["head.scalar"] = torch.tensor(0.625)
    return state


def trained():
    """A step of training, so that the optimizer has momentum: what the official trainer saves."""
    model = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 3, bias=False), torch.nn.BatchNorm2d(2, eps=1e-3))
    with torch.no_grad():
        model[0].weight.copy_(values(54).reshape(2, 3, 3, 3))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    model(values(75).reshape(1, 3, 5, 5)).sum().backward()
    optimizer.step()
    return model, optimizer


def expected(state):
    entries = {}
    for name, tensor in state.items():
        wide = tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor
        wide = wide.to(torch.uint8) if wide.dtype == torch.bool else wide
        entries[name] = {
            "dtype": str(wide.dtype).replace("torch.", ""),
            "shape": list(wide.shape),
            "hex": wide.detach().contiguous().numpy().tobytes().hex(),
        }
    return entries


def main():
    torch.manual_seed(0)
    state = state_dict()
    model, optimizer = trained()
    official = {
        "start_epoch": 12,
        "model": model.state_dict(),
        "optimizer": optimizer.state_dict(),
        "best_ap": np.float64(0.258),
        "curr_ap": np.float32(0.25),
    }
    parallel = {"state_dict": {"module." + name: tensor for name, tensor in model.state_dict().items()}}
    documents = {
        "types_zip.pth": (state, state, {}),
        "types_legacy.pt": (state, state, {"_use_new_zipfile_serialization": False}),
        "types_protocol4.pth": (state, state, {"pickle_protocol": 4}),
        "types_legacy_protocol3.pt": (state, state, {"_use_new_zipfile_serialization": False, "pickle_protocol": 3}),
        "trainer_zip.pth": (official, official["model"], {}),
        "trainer_legacy.pt": (official, official["model"], {"_use_new_zipfile_serialization": False}),
        "parallel_zip.pth": (parallel, official["model"], {}),
        "module_zip.pth": (model, None, {}),
    }
    summary = {}
    for name, (document, weights, options) in documents.items():
        torch.save(document, os.path.join(HERE, name), **options)
        if weights is not None:
            summary[name] = expected(weights)
    with open(os.path.join(HERE, "expected.json"), "w") as file:
        json.dump(summary, file, indent=1)
        file.write("\n")


main()
