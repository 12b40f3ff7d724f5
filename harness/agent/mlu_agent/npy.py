"""Tensors as `.npy` bytes, as PROTOCOL.md has them: format 1.0, C order, `<f4`, or `|u1` for whole numbers of 0-255."""

import io

from .errors import BadRequest, NotAvailable


def _numpy():
    # Not at the top: `info` must be answered where numpy is missing.
    try:
        import numpy
    except ImportError as error:
        raise NotAvailable("tensors need numpy, which this Python does not have ({})".format(error))
    return numpy


def encode(array):
    """Bytes of an array of any shape, as `<f4`."""
    numpy = _numpy()
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, numpy.ascontiguousarray(array, dtype="<f4"), version=(1, 0), allow_pickle=False)
    return stream.getbuffer()


def decode(data, what):
    """float32 array, the caller's own, of `.npy` bytes; `what` names them in a message. Raises BadRequest for any other form."""
    numpy = _numpy()
    # Of a header alone, which has at most 10 + 65535 bytes.
    stream = io.BytesIO(data[:2**17])
    try:
        version = numpy.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError("format {}.{}".format(*version))
        shape, fortran, dtype = numpy.lib.format.read_array_header_1_0(stream)
    except ValueError as error:
        raise BadRequest("cannot read {}: it is no .npy file of format 1.0 ({})".format(what, error))
    if fortran or dtype.str not in ("<f4", "|u1"):
        order = "Fortran" if fortran else "C"
        raise BadRequest("cannot use {}: it is {} in {} order; give <f4 or |u1 in C order".format(what, dtype.str, order))
    count = 1
    for extent in shape:
        count *= extent
    rest = len(data) - stream.tell()
    if rest != count * dtype.itemsize or any(extent < 0 for extent in shape):
        raise BadRequest("cannot use {}: {} bytes for the shape {} of {}".format(what, rest, list(shape), dtype.str))
    return numpy.frombuffer(data, dtype, offset=stream.tell()).astype("float32").reshape(shape)
