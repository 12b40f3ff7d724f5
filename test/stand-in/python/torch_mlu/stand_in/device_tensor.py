"""
Tensors of the card: a subclass that lets through what the card is known to have, and refuses the rest.

`__torch_function__` stands above the tracer, so that what quantised layers compute is what a trace records.
"""

import torch

from .device import CARD, MluDevice

# Of CNML's operators those that a detector needs, and what costs no operator. No arange, meshgrid, full, fill_, index_put, silu.
OPERATORS = frozenset(
    """
    add add_ __add__ __radd__ __iadd__ sub sub_ __sub__ __rsub__ rsub mul mul_ __mul__ __rmul__ __imul__ div div_ true_divide
    __truediv__ __rtruediv__ neg __neg__ exp exp_ log sqrt pow __pow__ sigmoid sigmoid_ tanh relu relu_ leaky_relu
    leaky_relu_ softmax clamp clamp_ abs batch_norm max_pool2d avg_pool2d adaptive_avg_pool2d interpolate upsample
    upsample_nearest2d cat stack split chunk __getitem__ narrow select slice index_select transpose permute reshape view
    view_as flatten unsqueeze squeeze expand expand_as repeat contiguous min max sum mean argmax topk gt lt ge le eq
    zeros_like ones_like clone detach type type_as float half to
    size dim ndimension numel element_size stride is_contiguous is_floating_point item data_ptr requires_grad_
    __float__ __int__ __bool__ __len__ __repr__ __format__ __deepcopy__
    """.split()
)
# Complex numbers are nothing that the card has; other properties cost no operator.
REFUSED_PROPERTIES = frozenset(["imag", "real"])


class MluTensor(torch.Tensor):
    @classmethod
    def __torch_function__(cls, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        name = getattr(func, "__name__", str(func))
        if name == "__get__" or name == "__set__":
            return _property(func, name, args)
        if name == "_has_compatible_shallow_copy_type":
            # So that a module's parameters are exchanged and not written into: one that stays would keep its class.
            return False
        if name == "cpu":
            return _to_cpu(args[0])
        if name == "numpy" or name == "__array__":
            raise TypeError("can't convert MLU tensor to numpy: use Tensor.cpu() first")
        if name == "__setitem__":
            # Unreliable on the card; the worst that a port can meet is that nothing is written.
            return None
        if name in ("conv1d", "conv2d", "conv3d") and not _is_depthwise(*args, **kwargs):
            raise RuntimeError("the MLU270 has no float convolution: quantise the layer")
        elif not name.startswith("conv") and name not in OPERATORS:
            raise RuntimeError("'{}' is not implemented for the MLU".format(name))
        if name == "type_as" and is_on_device(args[1]) and not is_on_device(args[0]):
            # The type of a tensor of the card is a type of the card.
            return on_device(args[0].to(args[1].dtype))
        _refuse_mixed(name, args, kwargs)
        if name == "to" and _names_cpu(args[1:], kwargs):
            return _to_cpu(args[0])
        with torch._C.DisableTorchFunction():
            if name in ("__repr__", "__format__"):
                return "MLU " + getattr(args[0].as_subclass(torch.Tensor), name)(*args[1:])
            return _wrapped(func(*args, **kwargs))


def is_on_device(tensor):
    return isinstance(tensor, MluTensor)


def on_device(tensor):
    """The same values as a tensor of the card."""
    with torch._C.DisableTorchFunction():
        return tensor.as_subclass(MluTensor)


def plain(tensor):
    """The same values for the CPU; not a copy to host memory, which `.cpu()` is."""
    with torch._C.DisableTorchFunction():
        return tensor.as_subclass(torch.Tensor)


def _property(func, kind, args):
    name = getattr(func.__self__, "__name__", "")
    if kind == "__get__" and name == "device":
        return MluDevice()
    if name in REFUSED_PROPERTIES:
        raise RuntimeError("'{}' is not implemented for the MLU".format(name))
    with torch._C.DisableTorchFunction():
        return _wrapped(func(*args))


def _to_cpu(tensor):
    if CARD.ordinal == -1:
        raise RuntimeError("nothing was computed on the fake device: there is nothing to copy to the CPU")
    return plain(tensor).clone()


def _names_cpu(args, kwargs):
    for value in list(args) + list(kwargs.values()):
        if isinstance(value, torch.device) and value.type == "cpu" or isinstance(value, str) and value == "cpu":
            return True
    return False


def _is_depthwise(inputs, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    return groups > 1 and groups == inputs.shape[1] and weight.shape[1] == 1


def _refuse_mixed(name, args, kwargs):
    for tensor in _tensors(list(args) + list(kwargs.values())):
        # While a trace is recorded, sizes are tensors of the CPU without axes.
        if not is_on_device(tensor) and (tensor.dim() > 0 or tensor.is_floating_point()):
            raise RuntimeError("'{}' was given a tensor of the CPU together with one of the MLU".format(name))


def _tensors(values):
    for value in values:
        if isinstance(value, torch.Tensor):
            yield value
        elif isinstance(value, (list, tuple)):
            for tensor in _tensors(value):
                yield tensor


def _wrapped(value):
    if type(value) is torch.Tensor:
        # Sizes that a trace records are numbers, and of no device.
        traced_number = torch._C._get_tracing_state() is not None and value.dim() == 0 and value.dtype == torch.int64
        return value if traced_number else value.as_subclass(MluTensor)
    if type(value) in (list, tuple):
        return type(value)(_wrapped(item) for item in value)
    return value
