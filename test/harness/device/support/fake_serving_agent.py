"""
The agent's own `serve` with sessions made up for tests: python3 fake_serving_agent.py AGENT_FOLDER [serve options].
What a session does is in the first value of its input: see `FakeSession.infer`.
"""

import os
import sys
import time

sys.path.append(os.path.join(os.path.dirname(__file__), "../../../support"))
import fake_agent

fake_agent.become(sys.argv[1])

from mlu_agent import errors, sessions
from mlu_agent.command_line import main


class FakeSession(object):
    opened = 0

    def __init__(self, **options):
        self.options = options
        self.classes = options.get("classes", 80)
        FakeSession.opened += 1
        print("a library prints to stdout")
        os.system("echo so does one in C")

    def describe(self):
        details = {"options": self.options, "opened": FakeSession.opened}
        return fake_agent.description(device="CPU", precision="float32", details=details)

    def infer(self, pixels):
        import numpy
        action = int(pixels.flat[0])
        if action == 1:
            raise errors.DeviceError("the card is made up")
        if action == 2:
            raise ZeroDivisionError("a defect")
        if action == 3:
            time.sleep(3600)
        if action == 4:
            os._exit(11)
        if action == 5:
            sys.exit("a library that ends the program")
        if action == 6:
            return "no array", 1.0, None
        if action == 7:
            hold_the_lock(3600)
        if action == 8:
            raise BrokenPipeError("of a coprocess's")
        batch, _, height, width = pixels.shape
        anchors = height * width * 21 // 1024
        output = numpy.zeros((batch, anchors, 5 + self.classes), "float32")
        output[:, 0, 0] = pixels.mean()
        output[:, 0, 1] = numpy.nan
        return output, 1.5, 0.5

    def measure(self, pixels, requests, seconds, contexts):
        if contexts > self.options.get("contexts", 1):
            raise errors.BadRequest("cannot measure in {} contexts".format(contexts))
        rows = [[1.0 + index for index in range(requests)] for _ in range(contexts)]
        return {"hostMs": rows, "deviceMs": None, "wallSeconds": 0.25, "sameOutputs": True}

    def close(self):
        sys.stderr.write("session closed\n")


def hold_the_lock(seconds):
    """Sleeps in C without letting go of Python's lock, as an extension may."""
    import ctypes
    ctypes.PyDLL(None).sleep(int(seconds))


def export(checkpoint, out, size, batch, core_number, core_version, input_format, decode="fixed-grids", yolox=None, device=0):
    with open(checkpoint, "rb") as source:
        content = b"model of " + source.read()
    return fake_agent.made_export(out, content, twins="twins for {} cores".format(core_number), warnings=["made up"])


fake_agent.replace("fake_session", FakeSession=FakeSession)
fake_agent.replace("export_offline", export=export)
info = {"python": sys.version.split()[0], "platform": sys.platform, "numpy": None, "torch": None, "torchMlu": None, "cnrt": None}
if "FAKE_LIBRARY" in os.environ:
    info[os.environ["FAKE_LIBRARY"]] = {"version": "made up"}
fake_agent.replace("info", info=lambda: info)
for kind in sessions.KINDS:
    sessions.KINDS[kind] = ("fake_session", "FakeSession")
sys.exit(main(["serve"] + sys.argv[2:]))
