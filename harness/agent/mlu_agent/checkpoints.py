"""Checkpoints in, of any PyTorch, and out, in the legacy format that PyTorch 1.3 reads and writes."""

import collections
import inspect

import torch

from .checkpoint_files import open_checkpoint
from .errors import BadFile, first_line
from .pickled import TensorReference
from .variant import QUANTIZER_ENTRIES
from .whole_file import write_whole

WEIGHT_KEYS = ("model", "state_dict", "model_state_dict")


def load_state_dict(path):
    """
    The state_dict of a checkpoint, bare or under `model` or `state_dict`, as an OrderedDict of contiguous CPU tensors in the
    file's order; float16 and bfloat16 widened to float32, the prefix `module.` of parallel training taken off. Nothing in the
    file is executed.

    Raises BadFile where the file is missing, cut, damaged or holds no weights.
    """
    try:
        file = open(path, "rb")
    except OSError as error:
        raise BadFile("cannot read {}: {}".format(path, error.strerror))
    try:
        with file:
            return _tensors_of(*open_checkpoint(file))
    except BadFile as error:
        raise BadFile("cannot read {}: {}".format(path, error))
    # A damaged file can raise anything at all.
    except Exception as error:
        raise BadFile(
            "cannot read {}: it is cut or damaged ({}: {}): save or copy it again".format(path, type(error).__name__, first_line(error))
        )


def save_legacy(state_dict, path):
    """Writes a bare state_dict in the format of PyTorch 1.3, whole or not at all. Raises BadFile."""
    options = {"_use_new_zipfile_serialization": False}
    if "_use_new_zipfile_serialization" not in inspect.signature(torch.save).parameters:
        options = {}
    try:
        write_whole(path, lambda file: torch.save(state_dict, file, **options))
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


def _tensors_of(contents, tensor_of):
    if not isinstance(contents, dict):
        raise BadFile('it holds no state_dict: save the weights alone, torch.save({"model": model.state_dict()}, path)')
    nested = [contents[key] for key in WEIGHT_KEYS if isinstance(contents.get(key), dict)]
    entries = nested[0] if nested else contents
    references = [(name, value) for name, value in entries.items() if isinstance(value, TensorReference)]
    if not references or not all(isinstance(name, str) for name, _ in references):
        raise BadFile(
            'it holds no named tensors, neither at its top nor under "model" or "state_dict": save the weights, '
            'torch.save({"model": model.state_dict()}, path)'
        )
    prefix = "module."
    cut = len(prefix) if all(name.startswith(prefix) for name, _ in references) else 0
    state_dict = collections.OrderedDict((name[cut:], tensor_of(reference)) for name, reference in references)
    # Versions of modules, and which were observed: the vendor's loader may ask for either.
    if not cut and isinstance(getattr(entries, "_metadata", None), dict):
        state_dict._metadata = entries._metadata
    return state_dict
