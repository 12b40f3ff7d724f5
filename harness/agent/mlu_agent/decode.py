"""
The forms in which a port decodes boxes: xy = (xy + grid) * stride, wh = exp(wh) * stride, in float32; equal in value. Each is a
module without entries in the state_dict, called with the head's output [n, anchors, 5 + classes] and each level's (height,
width).
"""

import torch
import torch.nn as nn

from .anchors import STRIDES
from .decode_forms import DECODES
from .errors import BadRequest


class InPlace(nn.Module):
    """As YOLOX up to 0.2 has it (`decode_outputs` of yolox/models/yolo_head.py): arange, full, slice assignment. For the CPU."""

    def forward(self, outputs, levels):
        grids = []
        strides = []
        for (height, width), stride in zip(levels, STRIDES):
            # Expanded instead of torch.meshgrid, whose newer versions want `indexing=`, which 1.3 does not know.
            row = torch.arange(height).view(-1, 1).expand(height, width)
            column = torch.arange(width).view(1, -1).expand(height, width)
            grids.append(torch.stack((column, row), 2).view(1, -1, 2))
            strides.append(torch.full((1, height * width, 1), float(stride)))
        grids = torch.cat(grids, 1).type_as(outputs)
        strides = torch.cat(strides, 1).type_as(outputs)
        outputs[..., :2] = (outputs[..., :2] + grids) * strides
        outputs[..., 2:4] = torch.exp(outputs[..., 2:4]) * strides
        return outputs


class Concatenated(nn.Module):
    """
    For any size of input, by concatenation: the card knows none of arange, meshgrid, full, and assigns to slices unreliably.
    Grids come from Python lists by way of torch.tensor on the CPU, and are kept until the size changes.
    """

    def __init__(self):
        super(Concatenated, self).__init__()
        self.key = None
        self.grids = None
        self.strides = None

    def forward(self, outputs, levels):
        # int() of an extent: while a graph is traced they are tensors, and the grids constants of that graph.
        levels = [(int(height), int(width)) for height, width in levels]
        key = (levels, outputs.dtype, outputs.device)
        if key != self.key:
            self.key = key
            self.grids, self.strides = (constant.to(outputs.dtype).to(outputs.device) for constant in grids_and_strides(levels))
        return _concatenate(outputs, self.grids, self.strides)


class FixedGrids(nn.Module):
    """
    For one size [height, width]: grids and strides are float32 constants made beforehand, so that a trace holds neither loop nor
    shape. Plain attributes, since PyTorch 1.3 has no buffers that stay out of the state_dict; `_apply` takes them along to a
    device or type.
    """

    def __init__(self, size):
        super(FixedGrids, self).__init__()
        self.grids, self.strides = grids_and_strides([(size[0] // stride, size[1] // stride) for stride in STRIDES])

    def _apply(self, fn, *args, **kw):
        super(FixedGrids, self)._apply(fn, *args, **kw)
        self.grids = fn(self.grids)
        self.strides = fn(self.strides)
        return self

    def forward(self, outputs, levels):
        return _concatenate(outputs, self.grids, self.strides)


def make_decoder(decode, size):
    """decode: a name of DECODES; size: [height, width] of the input. Returns a module, None for "none". Raises BadRequest."""
    if decode == "none":
        return None
    if decode == "in-place":
        return InPlace()
    if decode == "concatenated":
        return Concatenated()
    if decode == "fixed-grids":
        return FixedGrids(size)
    raise BadRequest("boxes cannot be decoded by {!r}: give {}".format(decode, ", ".join(DECODES)))


def grids_and_strides(levels):
    """levels: (height, width) at each stride. Returns float32 [1, anchors, 2] (column, row) and [1, anchors, 1], rows first."""
    grids = []
    strides = []
    for (height, width), stride in zip(levels, STRIDES):
        grids.extend([float(column), float(row)] for row in range(height) for column in range(width))
        strides.extend([float(stride)] for _ in range(height * width))
    return torch.tensor([grids]), torch.tensor([strides])


def _concatenate(outputs, grids, strides):
    centres = (outputs[..., 0:2] + grids) * strides
    sizes = torch.exp(outputs[..., 2:4]) * strides
    return torch.cat((centres, sizes, outputs[..., 4:]), -1)
