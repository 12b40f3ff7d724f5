from .conv import MLUConv1d, MLUConv2d, MLUConv3d
from .linear import MLULinear

__all__ = ["MLUConv1d", "MLUConv2d", "MLUConv3d", "MLULinear"]
