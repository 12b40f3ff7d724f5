"""
What an import of the vendor's library changes in torch: `.to` knows the device, its own constructors refuse, a trace on the
device compiles.
"""

import functools

import torch

from .device import CARD, MluDevice
from .device_tensor import is_on_device, on_device
from .traced import TracedOnDevice

REFUSED = ("arange", "full", "linspace", "eye", "logspace", "range")
MADE_ON_CPU = ("zeros", "ones", "tensor", "rand", "randn", "empty")


def install():
    torch.Tensor.to = _tensor_to(torch.Tensor.to)
    torch.nn.Module.to = _module_to(torch.nn.Module.to)
    torch.jit.trace = _trace(torch.jit.trace)
    for name in REFUSED:
        setattr(torch, name, _refusing(name, getattr(torch, name)))
    for name in MADE_ON_CPU:
        setattr(torch, name, _moving(getattr(torch, name)))


def _asks_for_device(args, kwargs):
    return any(isinstance(value, MluDevice) or value == "mlu" for value in list(args) + list(kwargs.values())
               if isinstance(value, (MluDevice, str)))


def _tensor_to(original):
    @functools.wraps(original)
    def to(self, *args, **kwargs):
        if not _asks_for_device(args, kwargs):
            return original(self, *args, **kwargs)
        CARD.check()
        return self if is_on_device(self) else on_device(self.clone())

    return to


def _module_to(original):
    @functools.wraps(original)
    def to(self, *args, **kwargs):
        if _asks_for_device(args, kwargs):
            return self._apply(lambda tensor: tensor.to(MluDevice()))
        return original(self, *args, **kwargs)

    return to


def _trace(original):
    @functools.wraps(original)
    def trace(func, example_inputs=None, *args, **kwargs):
        examples = example_inputs if isinstance(example_inputs, (tuple, list)) else [example_inputs]
        if not any(isinstance(value, torch.Tensor) and is_on_device(value) for value in examples):
            return original(func, example_inputs, *args, **kwargs)
        if torch.is_grad_enabled():
            raise RuntimeError("a trace for the MLU needs torch.set_grad_enabled(False)")
        CARD.check()
        return TracedOnDevice(original(func, example_inputs, *args, **kwargs), func)

    return trace


def _refusing(name, original):
    @functools.wraps(original)
    def constructor(*args, **kwargs):
        if _asks_for_device((), kwargs):
            raise RuntimeError("'{}' is not implemented for the MLU".format(name))
        return original(*args, **kwargs)

    return constructor


def _moving(original):
    @functools.wraps(original)
    def constructor(*args, **kwargs):
        if not _asks_for_device((), kwargs):
            return original(*args, **kwargs)
        kwargs = dict(kwargs)
        kwargs.pop("device")
        return original(*args, **kwargs).to(MluDevice())

    return constructor
