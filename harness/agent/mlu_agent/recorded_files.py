"""The arrays of a recording: inputs of a plan in, outputs out, each whole or not there."""

import hashlib
import io
import os

import numpy

from .errors import BadFile, DeviceError
from .whole_file import write_whole


def read_pixels(path, size):
    """A planned input, `|u1` or `<f4`, as float32 [1, 3, height, width]. Raises BadFile for anything else."""
    try:
        pixels = numpy.load(path, allow_pickle=False)
    except (OSError, ValueError) as error:
        raise BadFile("cannot read {} ({}): write the plan again".format(path, error))
    if pixels.shape != (1, 3, size[0], size[1]) or pixels.dtype.str not in ("|u1", "<f4"):
        raise BadFile("cannot use {}: it is {} {}; write the plan again".format(path, pixels.dtype.str, pixels.shape))
    return pixels.astype(numpy.float32)


def save_output(path, output, expected, source):
    """Keeps an output of the shape `expected` as float32, and returns the file's SHA-256. Raises DeviceError for another shape, NaN and infinity."""
    if tuple(output.shape) != expected:
        raise DeviceError("the output on {} is {}, expected {}".format(source, tuple(output.shape), expected))
    if not numpy.isfinite(output).all():
        raise DeviceError("the output on {} holds NaN or infinity".format(source))
    buffer = io.BytesIO()
    numpy.save(buffer, numpy.ascontiguousarray(output, dtype="<f4"), allow_pickle=False)
    content = buffer.getvalue()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    write_whole(path, lambda file: file.write(content))
    return hashlib.sha256(content).hexdigest()
