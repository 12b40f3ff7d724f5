"""What `info` asks in processes of their own, since to import or to load some of it may hang, crash, or print: `python -c` with a name of PROBES and the id of who asks."""

import ctypes
import json
import os
import signal
import sys

from .cnrt import load_cnrt
from .errors import AgentError

# linux/prctl.h
PR_SET_PDEATHSIG = 1


def probe_numpy():
    import numpy

    return {"version": numpy.__version__}


def probe_torch():
    import torch

    return {"version": torch.__version__, "threads": torch.get_num_threads()}


def probe_torch_mlu():
    import torch  # torch_mlu 1.3 wants it first.
    import torch_mlu

    version = getattr(torch_mlu, "__version__", None)
    return {"version": None if version is None else str(version), "standIn": getattr(torch_mlu, "MLU_PARITY_STAND_IN", None)}


def probe_cnrt():
    library = load_cnrt()
    known = {"path": library.path, "version": library.version(), "standIn": library.stand_in(), "calls": dict(library.names)}
    known.update({"deviceCount": None, "cards": None})
    try:
        library.call("cnrtInit", 0)
        try:
            count = ctypes.c_uint(0)
            library.call("cnrtGetDeviceCount", ctypes.byref(count))
            known["deviceCount"] = count.value
            known["cards"] = [library.device_info(ordinal) for ordinal in range(count.value)]
        finally:
            library.destroy()
    except AgentError as error:
        known["reason"] = str(error)
    return known


PROBES = {"numpy": probe_numpy, "torch": probe_torch, "torchMlu": probe_torch_mlu, "cnrt": probe_cnrt}


def _end_with(asking):
    """Has Linux kill this process with the one that asks: nobody else would, where a library hangs that holds Python's lock."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(signal.SIGKILL))
    # It may have ended before.
    if os.getppid() != asking:
        os._exit(1)


def main(name, asking):
    """Prints {"known": ...} or {"reason": ...} to the stdout that it was started with; what a library prints goes to stderr."""
    _end_with(asking)
    answer = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    try:
        outcome = {"known": PROBES[name]()}
    except AgentError as error:
        outcome = {"reason": str(error)}
    # Whatever a library raises while it is imported, it is the reason that it cannot be used.
    except BaseException as error:
        outcome = {"reason": "{}: {}".format(type(error).__name__, error)}
    answer.write(json.dumps(outcome))
    answer.flush()
    sys.stderr.flush()
    # At once: threads and exit handlers of a vendor's library may never let the interpreter end.
    os._exit(0)
