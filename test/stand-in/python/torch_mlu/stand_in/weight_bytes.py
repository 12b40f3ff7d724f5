"""
A network's weights as they lie in offline models of MLU PyTorch 1.3, measured on int8 files: for each output channel
[Kh][Kw][Ci padded to 64 bytes], above 64 channels dealt out over 64 rows, float32 biases behind. int16 is written in the
same layout, which no public file shows.
"""

import numpy

from ..core.quantized.modules.quantised import Quantised
from .device_tensor import plain

CELL = 64
ROWS = 64


def weight_bytes(network):
    return b"".join(_layer_bytes(module) for module in network.modules() if isinstance(module, Quantised))


def _layer_bytes(module):
    bias = b"" if module.bias is None else plain(module.bias).numpy().astype("<f4").tobytes()
    if module.depthwise():
        return plain(module.weight).numpy().astype("<f4").tobytes() + bias
    integers = module.integer_weight().numpy()
    out, inputs = integers.shape[:2]
    # [out, kernel positions, in]
    channels = numpy.moveaxis(integers.reshape(out, inputs, -1), 1, 2)
    size = integers.dtype.itemsize
    padding = -inputs * size % CELL // size
    padded = numpy.pad(channels, ((0, 0), (0, 0), (0, padding)), mode="constant")
    if out > ROWS and out % ROWS == 0:
        # Channel c is row (c mod 64) * (out / 64) + c div 64.
        padded = padded.reshape((out // ROWS, ROWS) + padded.shape[1:]).swapaxes(0, 1)
    return padded.astype(integers.dtype.newbyteorder("<")).tobytes() + bias
