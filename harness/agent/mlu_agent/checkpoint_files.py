"""The two formats of torch.save, read under any PyTorch: the zip archive (from 1.6 on), and the row of pickles (before)."""

import io
import os
import struct
import zipfile

import numpy as np
import torch

from .errors import BadFile
from .pickled import BFLOAT16, load_pickle

ZIP = b"PK\x03\x04"
PICKLE = b"\x80"
# First value of a legacy file, and the second (torch/serialization.py).
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
LEGACY_PROTOCOL = 1001
COUNT = struct.Struct("<q")


def open_checkpoint(file):
    """
    file: open for reading in binary. Returns (contents, read): what was saved, with a TensorReference for each tensor, and the
    function that makes a contiguous CPU tensor of one; float16 and bfloat16 become float32. Both raise BadFile, or whatever a
    damaged file makes of itself.
    """
    beginning = file.read(len(ZIP))
    left = file.seek(0, os.SEEK_END)
    file.seek(0)
    if not beginning.startswith((ZIP, PICKLE)):
        raise BadFile("it is no checkpoint of PyTorch: give the file that torch.save wrote")
    contents, read_storage = (_open_zip if beginning == ZIP else _open_legacy)(file)

    def tensor_of(reference):
        # An expanded tensor has more elements than its storage; all of them together no more than the file has bytes.
        nonlocal left
        left -= _checked_count(reference)
        if left < 0:
            raise BadFile("its tensors are far larger than it is")
        return _tensor_of(reference, read_storage)

    return contents, tensor_of


def _open_zip(file):
    archive = zipfile.ZipFile(file)
    pickles = [name for name in archive.namelist() if name.endswith("/data.pkl")]
    if len(pickles) != 1:
        raise BadFile("it is a zip archive with {} data.pkl, and a checkpoint has one".format(len(pickles)))
    folder = pickles[0][: -len("data.pkl")]
    if folder + "byteorder" in archive.namelist() and archive.read(folder + "byteorder") != b"little":
        raise BadFile("its numbers are not little-endian")
    contents = load_pickle(io.BytesIO(_read_stored(archive, pickles[0])))
    return contents, lambda storage: _read_stored(archive, "{}data/{}".format(folder, storage.key))


def _read_stored(archive, name):
    # PyTorch never compresses; what unfolds to more than the file has is made to fill a memory.
    if archive.getinfo(name).compress_type != zipfile.ZIP_STORED:
        raise BadFile("its entry {} is compressed".format(name))
    return archive.read(name)


def _open_legacy(file):
    if load_pickle(file) != LEGACY_MAGIC or load_pickle(file) != LEGACY_PROTOCOL:
        raise BadFile("it is no checkpoint of PyTorch")
    if load_pickle(file).get("little_endian") is not True:
        raise BadFile("its numbers are not little-endian")
    storages = {}
    contents = load_pickle(file, storages)
    positions = {}
    # Where each begins follows from the lengths of those before it.
    for key in load_pickle(file):
        positions[key] = file.tell() + COUNT.size
        (count,) = COUNT.unpack(file.read(COUNT.size))
        if count != storages[key].count:
            raise BadFile("its storage {} has {} elements where its pickle says {}".format(key, count, storages[key].count))
        file.seek(count * _item_size(storages[key]), 1)

    def read_storage(storage):
        file.seek(positions[storage.key])
        return file.read(storage.count * _item_size(storage))

    return contents, read_storage


def _checked_count(reference):
    """Elements of a tensor whose shape, strides and offset lie within its storage; numpy would look beyond it."""
    storage, offset, shape, strides = reference
    numbers = [storage.count, offset] + list(shape) + list(strides)
    if not all(isinstance(number, int) and number >= 0 for number in numbers) or len(shape) != len(strides):
        raise BadFile("a tensor's shape {} or strides {} are none".format(shape, strides))
    count = 1
    for extent in shape:
        count *= extent
    last = offset + sum((extent - 1) * stride for extent, stride in zip(shape, strides))
    if count > 0 and last >= storage.count:
        raise BadFile("a tensor of shape {} reaches beyond its storage of {} elements".format(list(shape), storage.count))
    return count


def _tensor_of(reference, read_storage):
    storage, offset, shape, strides = reference
    data = read_storage(storage)
    if len(data) != storage.count * _item_size(storage):
        raise BadFile("it ends in the middle of its storage {}".format(storage.key))
    elements = _elements(data, storage.dtype)
    steps = [stride * elements.itemsize for stride in strides]
    if 0 in shape:
        return torch.from_numpy(np.empty(shape, elements.dtype))
    window = np.lib.stride_tricks.as_strided(elements[offset:], shape, steps)
    return torch.from_numpy(np.array(window, order="C"))


def _elements(data, dtype):
    if dtype == BFLOAT16:
        # The upper half of a float32.
        return (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    elements = np.frombuffer(data, dtype)
    return elements.astype(np.float32) if dtype == "<f2" else elements


def _item_size(storage):
    return 2 if storage.dtype == BFLOAT16 else np.dtype(storage.dtype).itemsize
