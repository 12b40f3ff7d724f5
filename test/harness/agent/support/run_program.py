"""
Runs the program of a stand-in offline model by plain torch: run_program.py MODEL INPUT.npy OUTPUT.npy. Without the stand-in
on the path.
"""

import io
import sys

import numpy
import torch

model, given, out = sys.argv[1:]
with open(model, "rb") as file:
    contents = file.read()
head = contents[: contents.index(b"end\n") + 4]
length = int(head.split(b"program-bytes ")[1].split(b"\n")[0])
program = torch.jit.load(io.BytesIO(contents[len(head):len(head) + length]))
assert "torch_mlu" not in sys.modules
with torch.no_grad():
    numpy.save(out, program(torch.from_numpy(numpy.load(given))).numpy())
