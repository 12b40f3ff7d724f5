"""Checkpoints in and out: whatever the torch at hand reads, and the legacy format that PyTorch 1.3 reads and writes."""

import collections
import inspect
import os
import pickle

import torch

from .errors import BadFile
from .variant import QUANTIZER_ENTRIES

WEIGHT_KEYS = ("model", "state_dict", "model_state_dict")
ZIP = b"PK\x03\x04"
# The magic number 0x1950a86a20f9469cfc6c as any pickle protocol writes it (torch/serialization.py); within the first bytes of a
# legacy file.
LEGACY_MAGIC = b"l\xfc\x9cF\xf9 j\xa8P\x19"

# All that a state_dict and the plain values beside it need. Anything else in a pickle could be a program.
_ALLOWED = {
    ("collections", "OrderedDict"),
    ("torch._utils", "_rebuild_tensor"),
    ("torch._utils", "_rebuild_tensor_v2"),
    ("torch._utils", "_rebuild_parameter"),
    ("torch._utils", "_rebuild_parameter_with_state"),
    ("torch._tensor", "_rebuild_from_type_v2"),
    ("torch", "Size"),
    ("torch", "Tensor"),
    ("torch", "device"),
    ("torch.nn.parameter", "Parameter"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("_codecs", "encode"),
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in _ALLOWED or (module == "torch" and (name.endswith("Storage") or name in _dtypes())):
            return super(_Unpickler, self).find_class(module, name)
        raise BadFile("it refers to {}.{}, which is no part of a state_dict: save the weights alone".format(module, name))


def _dtypes():
    return [name for name in dir(torch) if isinstance(getattr(torch, name), torch.dtype)]


class _PickleModule(object):
    """What torch.load takes for `pickle_module`."""

    __name__ = "pickle"
    Unpickler = _Unpickler

    @staticmethod
    def load(file, **options):
        return _Unpickler(file, **options).load()


def load_state_dict(path):
    """
    The state_dict of a checkpoint, bare or under `model` or `state_dict`, as an OrderedDict of contiguous CPU tensors in the
    file's order; float16 widened to float32, the prefix `module.` of parallel training taken off. Nothing in the file is
    executed.

    Raises BadFile where the file is missing, cut, damaged or holds no weights, and for the zip format under PyTorch before 1.6.
    """
    _check_beginning(path)
    try:
        options = {"weights_only": False} if "weights_only" in inspect.signature(torch.load).parameters else {}
        contents = torch.load(path, map_location="cpu", pickle_module=_PickleModule, **options)
    except BadFile as error:
        raise BadFile("cannot read {}: {}".format(path, error))
    # A damaged pickle can raise anything at all, and so can what PyTorch makes of its values.
    except Exception as error:
        raise BadFile("cannot read {}: it is cut or damaged ({}): save or copy it again".format(path, _first_line(error)))
    return _tensors_of(path, contents)


def save_legacy(state_dict, path):
    """Writes a bare state_dict in the format of PyTorch 1.3, under another name first: no half of a file has this one."""
    part = path + ".part"
    options = {"_use_new_zipfile_serialization": False}
    if "_use_new_zipfile_serialization" not in inspect.signature(torch.save).parameters:
        options = {}
    try:
        torch.save(state_dict, part, **options)
        os.replace(part, path)
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))


def load_weights(network, state_dict):
    """
    Puts a float or quantised state_dict's weights into a float network; what the quantiser added is left out.

    Raises BadFile naming the first entry that is missing, of another shape or type, or does not belong.
    """
    check_weights(network, state_dict)
    own = network.state_dict()
    network.load_state_dict(collections.OrderedDict((name, state_dict.get(name, own[name])) for name in own))


def check_weights(network, state_dict):
    """Raises BadFile unless the state_dict has every entry of a float network, and none besides but what the quantiser adds."""
    own = network.state_dict()
    for name in own:
        if name not in state_dict:
            if name.endswith(".num_batches_tracked"):
                continue
            raise BadFile('the weights are not those of an official YOLOX: "{}" is missing'.format(name))
        found, wanted = state_dict[name], own[name]
        if found.shape != wanted.shape:
            raise BadFile(
                'the weights do not fit together as a YOLOX: "{}" has shape {}, and the other layers demand {}'.format(
                    name, list(found.shape), list(wanted.shape)
                )
            )
        if found.dtype != wanted.dtype:
            raise BadFile('the network computes in float32, and "{}" is {}: convert it first'.format(name, found.dtype))
    for name in state_dict:
        if name not in own and name.rsplit(".", 1)[-1] not in QUANTIZER_ENTRIES:
            raise BadFile('the weights are not those of an official YOLOX: "{}" has no place in it'.format(name))


def _check_beginning(path):
    try:
        with open(path, "rb") as file:
            beginning = file.read(32)
    except OSError as error:
        raise BadFile("cannot read {}: {}".format(path, error.strerror))
    if beginning.startswith(ZIP):
        if _version() < (1, 6):
            raise BadFile(
                "cannot read {}: it is in the zip format, which PyTorch {} does not know: write it in the older one with "
                "`mlu-parity convert {} {}`".format(path, torch.__version__, path, os.path.splitext(path)[0] + "_legacy.pt")
            )
    elif LEGACY_MAGIC not in beginning:
        raise BadFile("cannot read {}: it is no checkpoint of PyTorch: give the file that torch.save wrote".format(path))


def _version():
    return tuple(int(part) for part in torch.__version__.split(".")[:2])


def _tensors_of(path, contents):
    if not isinstance(contents, dict):
        raise BadFile(
            'cannot read {}: it holds a {} instead of a state_dict: save the weights alone, torch.save({{"model": '
            "model.state_dict()}}, path)".format(path, type(contents).__name__)
        )
    nested = [contents[key] for key in WEIGHT_KEYS if isinstance(contents.get(key), dict)]
    entries = nested[0] if nested else contents
    tensors = collections.OrderedDict((name, value) for name, value in entries.items() if isinstance(value, torch.Tensor))
    if not tensors or not all(isinstance(name, str) for name in tensors):
        raise BadFile(
            'cannot read {}: it holds no named tensors, neither at its top nor under "model" or "state_dict": save the weights, '
            'torch.save({{"model": model.state_dict()}}, path)'.format(path)
        )
    prefix = "module."
    cut = len(prefix) if all(name.startswith(prefix) for name in tensors) else 0
    state_dict = collections.OrderedDict((name[cut:], _plain(tensor)) for name, tensor in tensors.items())
    # Versions of modules, and which were observed: the vendor's loader may ask for either.
    if not cut and isinstance(getattr(entries, "_metadata", None), dict):
        state_dict._metadata = entries._metadata
    return state_dict


def _plain(tensor):
    tensor = tensor.detach().contiguous()
    return tensor.float() if tensor.dtype == torch.float16 else tensor


def _first_line(error):
    text = str(error).strip().split("\n")[0] or type(error).__name__
    return text if len(text) <= 200 else text[:197] + "..."
