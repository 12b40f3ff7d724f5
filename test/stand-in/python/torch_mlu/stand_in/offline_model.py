"""
Writes NAME.cambricon and NAME.cambricon_twins in the stand-in's format: a head of lines, a TorchScript archive that plain
torch runs, and behind it the weights as they lie in the vendor's files.
"""

import io

import torch

from .twins import twins_text
from .weight_bytes import weight_bytes

TYPES = {torch.float32: "FLOAT32", torch.float16: "FLOAT16", torch.int32: "INT32"}


def write_offline_model(card, program, network, inputs, outputs):
    """`inputs`, `outputs`: tensors as torch has them; the files say how the card's memory has them."""
    archive = io.BytesIO()
    torch.jit.save(program, archive)
    weights = weight_bytes(network)
    ins = [(nhwc(tensor), TYPES[tensor.dtype]) for tensor in inputs]
    outs = [(nhwc(tensor), TYPES[tensor.dtype]) for tensor in outputs]
    lines = ["mlu-parity stand-in 1", "parallelism {}".format(card.core_number), "core-version {}".format(card.core_version)]
    for word, described in (("input", ins), ("output", outs)):
        lines += ["{} {} {}".format(word, " ".join(str(size) for size in shape), dtype) for shape, dtype in described]
    lines += ["program torchscript", "program-bytes {}".format(len(archive.getvalue()))]
    lines += ["weights-bytes {}".format(len(weights)), "end"]
    name = card.save_as + ".cambricon"
    with open(name, "wb") as model:
        model.write(b"\x7fMEF" + "".join(line + "\n" for line in lines).encode("ascii"))
        model.write(archive.getvalue())
        model.write(weights)
    with open(name + "_twins", "w") as twins:
        twins.write(twins_text(name, ins, outs, card.core_number))


def nhwc(tensor):
    """N H W C: of [N, C, H, W] in another order; [N, A, C] is described as N C 1 A."""
    shape = list(tensor.shape)
    if len(shape) == 4:
        return [shape[0], shape[2], shape[3], shape[1]]
    if len(shape) == 3:
        return [shape[0], shape[2], 1, shape[1]]
    if len(shape) == 2:
        return [shape[0], 1, 1, shape[1]]
    raise RuntimeError("an offline model has no tensor of {} axes".format(len(shape)))
