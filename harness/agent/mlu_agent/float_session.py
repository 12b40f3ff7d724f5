import time

import numpy as np
import torch

from .errors import BadRequest
from .load_network import load_network
from .measure_in_turn import measure_in_turn
from .sessions import Session


class FloatSession(Session):
    """
    A checkpoint in float32 on the CPU; of a quantised one the float weights, which the quantiser leaves as they were. `decode` is
    "none" unless told, yolox the folder of an official checkout. Raises BadFile and BadRequest as load_network does.
    """

    def __init__(self, checkpoint=None, size=None, decode="none", yolox=None, **unknown):
        if unknown:
            raise BadRequest("a float session has no option {}".format(", ".join(sorted(unknown))))
        if checkpoint is None or size is None:
            raise BadRequest("a float session needs checkpoint and size")
        super(FloatSession, self).__init__()
        self.size = tuple(size)
        # Of the files that are run; another batch is run too.
        self.batch = 1
        self.decode = decode
        self.yolox = yolox
        self.network, self.variant = load_network(checkpoint, size, decode, yolox)

    def describe(self):
        return {
            "device": "CPU",
            "precision": "float32",
            "engine": "PyTorch {}".format(torch.__version__),
            "coreNumber": torch.get_num_threads(),
            "decoded": self.decode != "none",
            "standIn": None,
            "warnings": [],
            "details": {
                "size": list(self.size),
                "decode": self.decode,
                "variant": dict(self.variant._asdict()),
                "yolox": self.yolox,
            },
        }

    def infer(self, pixels):
        # Writable, since PyTorch warns of memory that is not.
        pixels = np.require(pixels, np.float32, ["C", "W"])
        if pixels.ndim != 4 or pixels.shape[1] != 3 or pixels.shape[2:] != self.size:
            raise BadRequest(
                "the input has shape {}, and the session is for [n, 3, {}, {}]".format(list(pixels.shape), *self.size)
            )
        begun = time.perf_counter()
        with torch.no_grad():
            output = np.ascontiguousarray(self.network(torch.from_numpy(pixels)).numpy())
        return output, (time.perf_counter() - begun) * 1000, None

    def measure(self, pixels, requests, seconds, contexts):
        if contexts != 1:
            raise BadRequest("float on the CPU has one context, not {}".format(contexts))
        return measure_in_turn(self.infer, pixels, requests, seconds, self.stop)

    def close(self):
        self.network = None
