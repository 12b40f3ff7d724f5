"""
For tests of `record` alone: the agent in the folder of the first argument, with sessions that compute an output from the pixels
and are no network. FAKE is a JSON object: standIn, decoded, device, failOn (a backend), failCore, nan (a backend), seconds (of an
inference), hangAt (the inference of a session, from 1, that never ends), otherCore (whose outputs are others), outputs (a folder for each backend with outputs by the hash of the pixels, to be
given in the place of made-up ones), warnings (of each session), timing (to measure as a session of one context does), and exportLog, a file
that each export adds a line to.
"""

import hashlib
import json
import os
import sys
import time

import numpy

sys.path.append(os.path.join(os.path.dirname(__file__), "../../support"))
import fake_agent

fake_agent.become(sys.argv[1])
FAKE = json.loads(os.environ.get("FAKE", "{}"))

from mlu_agent import command_line, sessions
from mlu_agent.errors import DeviceError
from mlu_agent.measure_in_turn import measure_in_turn


class FakeSession(sessions.Session):
    """Outputs hold a raw YOLOX head's ranges: box offsets around 0, scores in 0–1; decoded ones centres and sizes in pixels."""

    kind = None

    def __init__(self, **options):
        self.options = options
        self.asked = 0
        self.core = options.get("core_number") or int(open(options["model"]).read().split()[1])
        if FAKE.get("failOn") == self.kind or FAKE.get("failCore") == self.core:
            raise DeviceError("the card is busy")

    def describe(self):
        return fake_agent.description(
            device=FAKE.get("device", "MLU270"),
            engine="fake 1.0",
            coreNumber=self.core,
            decoded=FAKE.get("decoded", True),
            standIn=FAKE.get("standIn"),
            warnings=FAKE.get("warnings", []),
        )

    def infer(self, pixels):
        self.asked += 1
        time.sleep(3600 if self.asked == FAKE.get("hangAt") else FAKE.get("seconds", 0))
        assert pixels.dtype == numpy.float32
        height, width = self.options["size"]
        assert pixels.shape == (1, 3, height, width), pixels.shape
        digest = hashlib.sha256(pixels.tobytes()).hexdigest()
        if "outputs" in FAKE:
            return numpy.load(os.path.join(FAKE["outputs"], self.kind, digest + ".npy")), 2.0, None
        seed = int(digest[:8], 16)
        random = numpy.random.RandomState(seed)
        rows = []
        for stride in (8, 16, 32):
            y, x = numpy.meshgrid(numpy.arange(height // stride), numpy.arange(width // stride), indexing="ij")
            grid = numpy.stack([x, y], -1).reshape(-1, 2)
            raw = random.uniform(-1, 1, (len(grid), 85)).astype(numpy.float32)
            raw[:, 4:] = numpy.abs(raw[:, 4:])
            if not FAKE.get("raw"):
                raw[:, :2] = (raw[:, :2] + grid) * stride
                raw[:, 2:4] = numpy.exp(raw[:, 2:4]) * stride
            rows.append(raw)
        output = numpy.concatenate(rows)[None]
        if FAKE.get("nan") == self.kind:
            output[0, 0, 0] = numpy.nan
        if FAKE.get("otherCore") == self.core:
            output = output + numpy.float32(1)
        return output, 2.0 + seed % 3, None if self.kind == "online" else 1.5

    def measure(self, pixels, requests, seconds, contexts):
        assert contexts == 1
        if "timing" in FAKE:
            return measure_in_turn(self.infer, pixels, requests, seconds, self.stop)
        host = [5.0 / self.core + (index % 7) / 100.0 for index in range(requests)]
        device = None if self.kind == "online" else [[time / 2 for time in host]]
        return {"hostMs": [host], "deviceMs": device, "wallSeconds": sum(host) / 1000, "sameOutputs": True}

    def close(self):
        pass


class OnlineSession(FakeSession):
    kind = "online"


class OfflineSession(FakeSession):
    kind = "offline"


def export(checkpoint, out, size, batch, core_number, core_version, input_format, decode="fixed-grids", yolox=None, device=0):
    if "exportLog" in FAKE:
        with open(FAKE["exportLog"], "a") as log:
            log.write("{}\n".format(core_number))
    content = "parallelism {} {}".format(core_number, time.time())
    return fake_agent.made_export(out, content.encode(), warnings=["a fake export"])


fake_agent.replace("online_session", OnlineSession=OnlineSession)
fake_agent.replace("offline_session", OfflineSession=OfflineSession)
fake_agent.replace("export_offline", export=export)
sys.exit(command_line.main(sys.argv[2:]))
