import numpy as np


def same_bits(a, b):
    """Whether two float32 arrays of one shape are equal to the bit, NaN too."""
    return np.array_equal(a.view(np.uint32), b.view(np.uint32))
