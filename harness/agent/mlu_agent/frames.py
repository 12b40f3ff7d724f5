"""The frames of PROTOCOL.md: how one is written, and read."""

import json
import os
import struct
import zlib

# magic, bytes of the head, bytes of all payloads; then the CRC-32 of these, of the head and of the payloads.
_LENGTHS = struct.Struct("<4sIQ")
_CHECK = struct.Struct("<I")
_MAGIC = b"MLUP"
MAX_HEAD_BYTES = 16 * 2**20
MAX_PAYLOAD_BYTES = 2**30


class FrameError(Exception):
    """Bytes that are no frame. Nothing after them can be understood either: the connection ends."""


def encode(head, payloads=()):
    """
    A frame as a list of bytes-like pieces.
    head: a dict that JSON can hold; payloads: (name, bytes-like) pairs.
    Raises ValueError or TypeError for what JSON has not, as NaN.
    """
    views = [(name, memoryview(payload).cast("B")) for name, payload in payloads]
    if views:
        head = dict(head, payloads=[{"name": name, "bytes": len(view)} for name, view in views])
    text = json.dumps(head, allow_nan=False, separators=(",", ":")).encode("ascii")
    total = sum(len(view) for _, view in views)
    if len(text) > MAX_HEAD_BYTES or total > MAX_PAYLOAD_BYTES:
        raise ValueError("a frame with a head of {} bytes and payloads of {} is too large".format(len(text), total))
    lengths = _LENGTHS.pack(_MAGIC, len(text), total)
    crc = zlib.crc32(text, zlib.crc32(lengths))
    for _, view in views:
        crc = zlib.crc32(view, crc)
    return [lengths + _CHECK.pack(crc & 0xFFFFFFFF) + text] + [view for _, view in views]


def read(stream):
    """
    The next frame of a buffered binary stream: (head, {name: memoryview}); None where the stream ended between two.
    Raises FrameError for anything that is no frame, or is cut.
    """
    first = stream.read(_LENGTHS.size + _CHECK.size)
    if not first:
        return None
    if not first.startswith(_MAGIC[:len(first)]):
        raise FrameError("it begins with {!r}".format(first[:4]))
    if len(first) < _LENGTHS.size + _CHECK.size:
        raise FrameError("it is cut after {} bytes".format(len(first)))
    _, head_bytes, payload_bytes = _LENGTHS.unpack_from(first)
    if head_bytes > MAX_HEAD_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
        raise FrameError("it has a head of {} bytes and payloads of {}".format(head_bytes, payload_bytes))
    text = _read_exactly(stream, head_bytes)
    body = _read_exactly(stream, payload_bytes)
    crc = zlib.crc32(body, zlib.crc32(text, zlib.crc32(first[:_LENGTHS.size]))) & 0xFFFFFFFF
    if crc != _CHECK.unpack_from(first, _LENGTHS.size)[0]:
        raise FrameError("its CRC-32 is another")
    head = _parse_head(text)
    return head, _split(head.get("payloads", []), body)


def _read_exactly(stream, count):
    # Read into place: a payload is held once.
    data = bytearray(count)
    got = stream.readinto(data) if count else 0
    if got != count:
        raise FrameError("it is cut {} bytes before its end".format(count - got))
    return data


def _parse_head(text):
    try:
        head = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise FrameError("its head is no JSON ({})".format(error))
    if not isinstance(head, dict):
        raise FrameError("its head is no object")
    return head


def _split(listed, body):
    payloads = {}
    at = 0
    view = memoryview(body)
    if not isinstance(listed, list):
        raise FrameError("its list of payloads is none")
    for entry in listed:
        name = entry.get("name") if isinstance(entry, dict) else None
        count = entry.get("bytes") if isinstance(entry, dict) else None
        if not isinstance(name, str) or name in payloads or type(count) is not int or not 0 <= count <= len(body) - at:
            raise FrameError("its list of payloads has {!r}".format(entry))
        payloads[name] = view[at:at + count]
        at += count
    if at != len(body):
        raise FrameError("its list of payloads has {} bytes of {}".format(at, len(body)))
    return payloads


def write_all(fd, pieces):
    """Writes bytes-like pieces to a file descriptor, however little it takes at a time."""
    for piece in pieces:
        view = memoryview(piece)
        while len(view):
            view = view[os.write(fd, view):]
