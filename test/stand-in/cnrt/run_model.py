"""
Runs the torchscript program of a stand-in model for the stand-in libcnrt: `run_model.py MODEL`. Pixels come in over stdin (float32 NCHW of the
model's first input), values go out over stdout (one byte when it is ready, then float32 [n, anchors, 5 + classes] for each inference), until stdin ends.
"""

import io
import os
import sys


def read_exactly(stream, count):
    parts = []
    while count:
        part = stream.read(count)
        if not part:
            return None
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def read_program(path):
    """The shape of the first input (NHWC), the number of values of the first output, and the TorchScript archive."""
    shape = values = None
    length = 0
    with open(path, "rb") as model:
        model.read(4)
        for line in iter(model.readline, b"end\n"):
            words = line.decode("ascii").split()
            if words[0] == "input" and shape is None:
                shape = [int(word) for word in words[1:-1]]
            elif words[0] == "output" and values is None:
                values = 1
                for word in words[1:-1]:
                    values *= int(word)
            elif words[0] == "program-bytes":
                length = int(words[1])
        return shape, values, model.read(length)


def main(path):
    # What a library prints must not get between the values.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    import numpy
    import torch

    (batch, height, width, colours), values, program = read_program(path)
    torch.set_grad_enabled(False)
    # The stand-in is no measure of speed, and several may run at once.
    torch.set_num_threads(1)
    network = torch.jit.load(io.BytesIO(program), map_location="cpu")
    # With it the model is loaded: the first inference takes no longer than the others.
    answers.write(b"R")
    answers.flush()
    while True:
        pixels = read_exactly(sys.stdin.buffer, 4 * batch * height * width * colours)
        if pixels is None:
            return
        array = numpy.frombuffer(pixels, dtype="<f4").reshape(batch, colours, height, width).copy()
        output = network(torch.from_numpy(array)).contiguous().numpy()
        if output.size != values:
            raise ValueError("the program gave {}, the model says {} values".format(output.shape, values))
        answers.write(output.astype("<f4").tobytes())
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
