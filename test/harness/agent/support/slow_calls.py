"""
The agent on a stand-in whose calls take long, outside of Python's lock: slow_calls.py SECONDS COMMAND [option ...]. Each says "slow call" on
stderr when it begins.
"""

import ctypes
import sys

from mlu_agent.command_line import main
from torch_mlu.core.quantized import observer
from torch_mlu.core.quantized.modules.quantised import Quantised
from torch_mlu.stand_in.traced import TracedOnDevice

MICROSECONDS = int(float(sys.argv[1]) * 1e6)


def slowly(of, name):
    call = getattr(of, name)

    def slow(*args, **kw):
        sys.stderr.write("slow call\n")
        sys.stderr.flush()
        ctypes.CDLL(None).usleep(MICROSECONDS)
        return call(*args, **kw)

    setattr(of, name, slow)


slowly(Quantised, "_on_card")
slowly(TracedOnDevice, "__call__")
slowly(observer.MLUMinMaxObserver, "__call__")
sys.exit(main(sys.argv[2:]))
