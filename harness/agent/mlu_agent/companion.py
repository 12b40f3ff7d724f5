"""
A process beside the server that lets its heart beat and ends it at the end of stdin. Threads would not do for that: a vendor's
library that compiles for minutes may hold Python's lock all the while, and then no thread of the server can do a thing.
"""

import os
import select
import signal
import time

from . import frames

BEAT_SECONDS = 2
# Time for the server to see the end of its stdin itself, and to end with a code of its own.
GRACE_SECONDS = 0.5


class Turn(object):
    """Whose turn it is to write a frame: a byte in a pipe, which threads and forked processes can wait for. Nobody's at first."""

    def __init__(self):
        self._taken, self._given = os.pipe()
        os.set_blocking(self._taken, False)

    def take(self, seconds=None):
        """True once it is the caller's; False when it was not after `seconds`."""
        while True:
            if not select.select([self._taken], [], [], seconds)[0]:
                return False
            try:
                os.read(self._taken, 1)
                return True
            except BlockingIOError:
                pass  # Another was faster.

    def give(self):
        os.write(self._given, b".")


def start(source, target, turn):
    """
    Forks the companion of this process; before threads are started, which a fork would lose.
    source, target: file descriptors of the connection. Its first beat waits until somebody gives the turn.
    """
    started = time.monotonic()
    dead, alive = os.pipe()
    server = os.getpid()
    if os.fork():
        os.close(dead)
        return  # `alive` stays open for as long as this process lives, and is closed for whatever it starts.
    try:
        os.close(alive)
        _accompany(server, source, target, dead, turn, started)
    finally:
        os._exit(0)


def _accompany(server, source, target, dead, turn, started):
    ends = select.poll()
    # No event asked for: a hang-up is told in any case, and what is there to be read is not this process's.
    ends.register(source, 0)
    ends.register(dead, 0)
    while True:
        ended = [fd for fd, _ in ends.poll(BEAT_SECONDS * 1000)]
        if dead in ended:
            return
        if source in ended or not _beat(target, turn, started):
            ends.unregister(source)
            if not ends.poll(GRACE_SECONDS * 1000):
                os.kill(server, signal.SIGKILL)
            return


def _beat(target, turn, started):
    """False when nobody is there to hear it. Left out while a frame is on its way, which says as much."""
    if not turn.take(0):
        return True
    try:
        frames.write_all(target, frames.encode({"type": "heartbeat", "seconds": round(time.monotonic() - started, 3)}))
    except OSError:
        return False
    turn.give()
    return True
