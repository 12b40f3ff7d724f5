"""Fixed point as the card is taken to do it, in plain operators of torch that a trace can hold."""

import torch

INTEGER_TYPES = {"int8": torch.int8, "int16": torch.int16}
RANGES = {"int8": (-128, 127), "int16": (-32768, 32767)}


def quantise(values, scale, dtype):
    """
    clamp(round(float32(values * scale))), half away from zero, to the whole range of the type; float64 tensor of integers.

    values: float32; scale: a number that float32 holds, or a float32 tensor that broadcasts. In float64 the half is added
    exactly.
    """
    low, high = RANGES[dtype]
    products = (values * scale).to(torch.float64)
    return torch.clamp(torch.trunc(products + torch.sign(products) * 0.5), low, high)
