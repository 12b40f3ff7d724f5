"""Marks in the card's queue. Whether MLU PyTorch 1.3 has them is not established: MLU_STAND_IN_NO_NOTIFIER=1 takes them away."""

import os
import time

if os.environ.get("MLU_STAND_IN_NO_NOTIFIER"):
    raise ImportError("No module named 'torch_mlu.core.device.notifier'")


class Notifier(object):
    """The stand-in computes at once: a mark is passed as soon as it is placed, and the time between two is the CPU's."""

    def __init__(self):
        self._at = None

    def place(self, queue=None):
        self._at = time.perf_counter()

    def wait(self, queue=None):
        self._placed()

    def query(self):
        return self._at is not None

    def synchronize(self):
        self._placed()

    def elapsed_time(self, end):
        """Milliseconds to the other mark."""
        return (end._placed() - self._placed()) * 1e3

    def hardware_time(self, end):
        """Microseconds to the other mark; never more than `elapsed_time`."""
        return (end._placed() - self._placed()) * 1e6

    def _placed(self):
        if self._at is None:
            raise RuntimeError("the notifier was not placed")
        return self._at
