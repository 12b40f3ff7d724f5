"""
What an offline model's twins file says of it: the text that the vendor's tools write beside it, in the words of 16 files of
MLU PyTorch 1.3.
"""

import collections
import re

# inputs, outputs: shapes in N H W C; core_numbers: the model parallelism of each kernel.
Twins = collections.namedtuple("Twins", ["inputs", "outputs", "core_numbers"])


def read_twins(text):
    """Of a text in which nothing of it is found, a Twins of empty lists."""
    shapes = {"Input": [], "Output": []}
    section = None
    for line in text.splitlines():
        heading = re.match(r"\s*(Input|Output) #\d+\.", line)
        shape = re.match(r"\s*Shape\(dim\):\s*([\d ]+)$", line)
        if heading:
            section = heading.group(1)
        elif shape and section:
            shapes[section].append([int(size) for size in shape.group(1).split()])
    return Twins(shapes["Input"], shapes["Output"], [int(number) for number in re.findall(r"Model Parallelism:\s*(\d+)", text)])


def named_anew(text, name):
    """The text with the file name of its first line replaced: it was written under another."""
    return re.sub(r'\A(This is the Twins File of ").*("\.)', lambda found: found.group(1) + name + found.group(2), text)
