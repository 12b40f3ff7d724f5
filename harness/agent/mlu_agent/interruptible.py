"""A vendor's call that hangs holds up Python's signal handlers in its thread: such work is done in another one."""

import os
import signal
import sys
import threading

from .errors import INTERRUPTED

# How long work that was told to stop may take to end an inference and give back what it has.
PATIENCE_SECONDS = 2.0


def run_interruptible(work):
    """
    Calls `work(stop)` in a thread of its own and returns what it returns, or raises what it raises. At SIGINT, SIGTERM or SIGHUP the event `stop`
    is set; work that sees it ends with KeyboardInterrupt, and work that does not end within two seconds is left where it hangs: the process ends.
    """
    stop = threading.Event()
    outcome = {}

    def run():
        try:
            outcome["result"] = work(stop)
        except BaseException as error:  # noqa: B902 raised again below
            outcome["error"] = error

    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive() and not stop.is_set():
            thread.join(0.1)
        thread.join(PATIENCE_SECONDS)
        if thread.is_alive():
            sys.stderr.write("agent: interrupted while the card did not answer\n")
            sys.stderr.flush()
            os._exit(INTERRUPTED)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if "error" in outcome:
        raise outcome["error"]
    if stop.is_set():
        raise KeyboardInterrupt
    return outcome["result"]
