"""Reads streams with the agent's own reader: python3 read-frames.py AGENT_FOLDER; each stream after its length in 4 bytes. Prints what it made of each."""

import hashlib
import io
import json
import struct
import sys

sys.path.insert(0, sys.argv[1])

from mlu_agent import frames

while True:
    length = sys.stdin.buffer.read(4)
    if not length:
        break
    stream = io.BufferedReader(io.BytesIO(sys.stdin.buffer.read(struct.unpack("<I", length)[0])))
    found = []
    error = None
    try:
        for head, payloads in iter(lambda: frames.read(stream), None):
            found.append([head["id"], {name: hashlib.sha256(data).hexdigest() for name, data in payloads.items()}])
            # What it read it can write, to the byte.
            again = b"".join(bytes(piece) for piece in frames.encode(head, sorted(payloads.items())))
            found[-1].append(hashlib.sha256(again).hexdigest())
    except frames.FrameError as damage:
        error = str(damage)
    print(json.dumps({"found": found, "error": error}))
