"""Exports once for each flaw named, on a stand-in that has it: flawed_export.py CHECKPOINT OUT FLAW ..."""

import json
import os
import sys

import torch

from mlu_agent.errors import AgentError
from mlu_agent.export_offline import export
from torch_mlu.stand_in import traced
from torch_mlu.stand_in.device import CARD

write = traced.write_offline_model


def rewrite(path, old, new):
    with open(path) as file:
        text = file.read()
    assert old in text
    with open(path, "w") as file:
        file.write(text.replace(old, new))


def fail(*args):
    raise RuntimeError("no such operator\nand much more")


def after(change):
    """What is done to the files behind the library's back, with the model's path."""

    def written(card, *rest):
        write(card, *rest)
        change(card.save_as + ".cambricon")

    return written


def keep_ending_off(path):
    os.rename(path, path[: -len(".cambricon")])
    os.rename(path + "_twins", path[: -len(".cambricon")] + "_twins")


def change_magic(path):
    with open(path, "r+b") as file:
        file.write(b"\x7fELF")


FLAWS = {
    "trace": fail,
    "nothing": lambda *args: None,
    "empty": after(lambda path: open(path, "w").close()),
    "cores": after(lambda path: rewrite(path + "_twins", "Model Parallelism: 4", "Model Parallelism: 1")),
    "shape": after(lambda path: rewrite(path + "_twins", "1 64 64 3", "1 32 64 3")),
    "no-twins": after(lambda path: os.remove(path + "_twins")),
    "no-ending": after(keep_ending_off),
    "other-twins": after(lambda path: rewrite(path + "_twins", "Shape(dim)", "Dims")),
    "output": after(lambda path: rewrite(path + "_twins", "1 8 1 84", "1 84 1 8")),
    "magic": after(change_magic),
}

told = []
for flaw in sys.argv[3:]:
    traced.write_offline_model = FLAWS[flaw]
    seen = {}
    try:
        seen["result"] = export(sys.argv[1], sys.argv[2], [64, 64], 1, 4, "MLU270", 0)
    except AgentError as error:
        seen["refusal"] = [error.kind, str(error)]
    seen["saveAs"] = CARD.save_as
    seen["gradients"] = torch.is_grad_enabled()
    told.append(seen)
print(json.dumps(told))
