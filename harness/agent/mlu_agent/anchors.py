"""The grids of YOLOX: one anchor for each cell."""

STRIDES = (8, 16, 32)


def count_anchors(size):
    """Anchors for an input of [height, width]: one for each cell of the grids of strides 8, 16 and 32."""
    height, width = size
    return sum((height // stride) * (width // stride) for stride in STRIDES)
