"""A vendor's call that hangs holds up Python's signal handlers in its thread: such work is done in another one."""

import os
import shutil
import signal
import sys
import threading
import time

from .errors import EXIT_CODES, INTERRUPTED

# How long work that was told to stop may take to end an inference and give back what it has.
PATIENCE_SECONDS = 2.0

# Files and folders that are nobody's yet: taken away where the process ends without the work that makes them.
unfinished = set()


class _Asked(object):
    """An event that knows when it was asked for last: work asks before each call that may hang."""

    def __init__(self, event):
        self._event = event
        self._last = time.monotonic()

    def is_set(self):
        self._last = time.monotonic()
        return self._event.is_set()

    def set(self):
        self._event.set()

    def seconds_ago(self):
        return time.monotonic() - self._last


def run_interruptible(work, what="the card", limit=None):
    """
    Calls `work(stop)` in a thread of its own and returns what it returns, or raises what it raises. At SIGINT, SIGTERM or SIGHUP the event `stop`
    is set; work that sees it ends with KeyboardInterrupt, and work that does not end within two seconds is left where it hangs: the process ends.
    what: did not answer then.
    limit: seconds; work that has not asked for `stop` for longer is left, too, and the process ends as for a device that failed.
    """
    stop = threading.Event()
    asked = _Asked(stop)
    outcome = {}

    def run():
        try:
            outcome["result"] = work(asked)
        except BaseException as error:  # It is raised again below.
            outcome["error"] = error

    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive() and not stop.is_set():
            thread.join(0.1)
            if limit is not None and thread.is_alive() and asked.seconds_ago() > limit:
                _leave(EXIT_CODES["device"], "{} did not answer for {:g} s: --timeout gives it longer".format(what, limit))
        thread.join(PATIENCE_SECONDS)
        if thread.is_alive():
            _leave(INTERRUPTED, "interrupted while {} did not answer".format(what))
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if "error" in outcome:
        raise outcome["error"]
    if stop.is_set():
        raise KeyboardInterrupt
    return outcome["result"]


def _leave(exit_code, sentence):
    """Ends the process, whatever hangs in it."""
    sys.stderr.write("agent: {}\n".format(sentence))
    sys.stderr.flush()
    for path in list(unfinished):
        _take_away(path)
    os._exit(exit_code)


def _take_away(path):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.remove(path)
    except OSError:
        pass  # It was a folder, or is not there yet.
