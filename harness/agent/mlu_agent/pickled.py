"""
The pickles of a checkpoint, read without importing or calling anything that they name. torch.load is no way to that: PyTorch
1.13.0 does not look at its `pickle_module`, and 1.3 has no `weights_only`.
"""

import collections
import pickle

from .errors import BadFile

# A window on a storage: offset, shape and strides in elements.
TensorReference = collections.namedtuple("TensorReference", ["storage", "offset", "shape", "strides"])
# dtype: as numpy has it, or BFLOAT16, which numpy has not.
StorageReference = collections.namedtuple("StorageReference", ["key", "dtype", "count"])

BFLOAT16 = "bfloat16"
DTYPES = {
    "FloatStorage": "<f4",
    "DoubleStorage": "<f8",
    "HalfStorage": "<f2",
    "BFloat16Storage": BFLOAT16,
    "LongStorage": "<i8",
    "IntStorage": "<i4",
    "ShortStorage": "<i2",
    "CharStorage": "|i1",
    "ByteStorage": "|u1",
    "BoolStorage": "|b1",
}


def load_pickle(file, storages=None):
    """
    The next pickle of a binary file, which is left right behind it; `storages` takes in each StorageReference by its key. Raises
    BadFile, and whatever a damaged pickle makes of itself.
    """
    # Texts of Python 2 in any encoding: those that matter are ASCII.
    unpickler = _Unpickler(file, encoding="latin-1")
    unpickler.storages = {} if storages is None else storages
    return unpickler.load()


class Unread(object):
    """An object of no interest here: an optimiser's, a numpy scalar, a class of the trainer's."""

    def __init__(self, *args, **kw):
        pass

    def append(self, value):
        pass

    def extend(self, values):
        pass

    def __setitem__(self, key, value):
        pass


def _rebuild_tensor(storage, offset, shape, strides, *rest):
    return TensorReference(storage, offset, shape, strides)


def _first_argument(data, *rest):
    return data


def _rebuild_from_type(rebuild, kind, args, state):
    return rebuild(*args)


_KNOWN = {
    ("collections", "OrderedDict"): collections.OrderedDict,
    ("torch", "Size"): _first_argument,
    ("torch._utils", "_rebuild_tensor"): _rebuild_tensor,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild_tensor,
    ("torch._utils", "_rebuild_parameter"): _first_argument,
    ("torch._utils", "_rebuild_parameter_with_state"): _first_argument,
    ("torch._tensor", "_rebuild_from_type_v2"): _rebuild_from_type,
}


# The unpickler in Python, whose instructions can be replaced; a state_dict's few thousand take it some milliseconds.
class _Unpickler(pickle._Unpickler):
    dispatch = dict(pickle._Unpickler.dispatch)

    def find_class(self, module, name):
        if module == "torch" and name in DTYPES:
            return DTYPES[name]
        return _KNOWN.get((module, name), Unread)

    def persistent_load(self, saved):
        kind, dtype, key, _, count = saved[:5]
        if kind != "storage" or any(view is not None for view in saved[5:]):
            raise BadFile("it refers to what is no storage of its own")
        if dtype not in DTYPES.values():
            raise BadFile("it has a storage of a type that is not known")
        storage = StorageReference(key, dtype, count)
        if self.storages.setdefault(key, storage) != storage:
            raise BadFile("its storage {} is described in two ways".format(key))
        return storage

    def load_build(self):
        """Attributes of an OrderedDict (a state_dict's `_metadata`) are kept, and no others set on anything."""
        state = self.stack.pop()
        if isinstance(self.stack[-1], collections.OrderedDict) and isinstance(state, dict):
            self.stack[-1].__dict__.update(state)

    dispatch[pickle.BUILD[0]] = load_build
