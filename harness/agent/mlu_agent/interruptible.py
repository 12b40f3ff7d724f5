"""A vendor's call that hangs holds up Python's signal handlers in its thread: such work is done in another one."""

import os
import shutil
import signal
import sys
import threading

from .errors import INTERRUPTED

# How long work that was told to stop may take to end an inference and give back what it has.
PATIENCE_SECONDS = 2.0

# Files and folders that are nobody's yet: taken away where the process ends without the work that makes them.
unfinished = set()


def run_interruptible(work, what="the card"):
    """
    Calls `work(stop)` in a thread of its own and returns what it returns, or raises what it raises. At SIGINT, SIGTERM or SIGHUP the event `stop`
    is set; work that sees it ends with KeyboardInterrupt, and work that does not end within two seconds is left where it hangs: the process ends.
    what: did not answer then.
    """
    stop = threading.Event()
    outcome = {}

    def run():
        try:
            outcome["result"] = work(stop)
        except BaseException as error:  # It is raised again below.
            outcome["error"] = error

    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive() and not stop.is_set():
            thread.join(0.1)
        thread.join(PATIENCE_SECONDS)
        if thread.is_alive():
            sys.stderr.write("agent: interrupted while {} did not answer\n".format(what))
            sys.stderr.flush()
            for path in list(unfinished):
                _take_away(path)
            os._exit(INTERRUPTED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if "error" in outcome:
        raise outcome["error"]
    if stop.is_set():
        raise KeyboardInterrupt
    return outcome["result"]


def _take_away(path):
    shutil.rmtree(path, ignore_errors=True)
    try:
        os.remove(path)
    except OSError:
        pass  # It was a folder, or is not there yet.
