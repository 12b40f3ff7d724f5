"""`info`: what this container has. What is missing is null, with a reason; nothing that hangs or crashes while it is asked takes this with it."""

import glob
import json
import os
import platform
import subprocess
import sys
import time

from . import VERSION
from .info_probes import PROBES
from .seconds_option import seconds_option

# torch 1.3 takes some ten seconds from a cold disk.
TIMEOUT_SECONDS = 30.0
EXAMPLE = "example: python3 agent info --json"

_PROBE = "import sys; sys.path.insert(0, sys.argv[1]); from mlu_agent.info_probes import main; main(sys.argv[2], int(sys.argv[3]))"
_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def add_arguments(parser):
    parser.epilog = EXAMPLE
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress (there is none)")
    parser.add_argument("--timeout", type=seconds_option, default=TIMEOUT_SECONDS, metavar="SECONDS", help="for all of it together (default: %(default)s)")


def run(args):
    found = info(args.timeout)
    sys.stdout.write(json.dumps(found, indent=2, sort_keys=True) + "\n" if args.json else describe(found))


def info(timeout=TIMEOUT_SECONDS):
    """
    A dict that JSON can hold. `python`, `platform` and `deviceFiles` (of the card's driver) are always known; `numpy`, `torch`, `torchMlu` and `cnrt`
    are null or a dict with `version` (null where the library does not say) and, of the last two, `standIn`; `reasons` says why each null is one.
    timeout: seconds for all of it.
    """
    deadline = time.time() + timeout
    command = [sys.executable, "-c", _PROBE, _FOLDER]
    found = {
        "agent": VERSION,
        "python": {"version": platform.python_version(), "executable": sys.executable},
        "platform": {"system": platform.system(), "release": platform.release(), "machine": platform.machine(), "cpus": os.cpu_count()},
        "deviceFiles": sorted(glob.glob("/dev/cambricon*")),
        "reasons": {},
    }
    started = [(name, _start(command + [name, str(os.getpid())])) for name in sorted(PROBES)]
    for name, process in started:
        outcome = _finish(process, deadline)
        found[name] = outcome.get("known")
        if found[name] is None:
            found["reasons"][name] = outcome["reason"]
    return found


def _start(command):
    try:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        return error


def _finish(process, deadline):
    """What a probe says: {"known": ...} or {"reason": ...}."""
    if isinstance(process, OSError):
        return {"reason": "cannot start {}: {}".format(sys.executable, process.strerror)}
    try:
        text, _ = process.communicate(timeout=max(0.1, deadline - time.time()))
        return json.loads(text.decode("utf-8"))
    except subprocess.TimeoutExpired:
        process.kill()
        try:
            # What waits for a driver in the kernel cannot be killed, nor is it waited for.
            process.communicate(timeout=1)
        except subprocess.TimeoutExpired:
            pass
        return {"reason": "it did not answer in time: see whether cnmon shows the card in order"}
    except ValueError:
        return {"reason": "the process that asked ended with {}: run the import by hand to see why".format(process.returncode)}


def describe(found):
    """The same as lines for people."""
    lines = [
        "agent     {}".format(found["agent"]),
        "python    {version} ({executable})".format(**found["python"]),
        "platform  {system} {release} {machine}, {cpus} processors".format(**found["platform"]),
    ]
    for name, key in (("numpy", "numpy"), ("torch", "torch"), ("torch_mlu", "torchMlu"), ("libcnrt", "cnrt")):
        known = found[key]
        if known is None:
            lines.append("{:<9} none: {}".format(name, found["reasons"][key]))
            continue
        words = [known["version"] or "version not told"] + [known[more] for more in ("path", "standIn", "reason") if known.get(more)]
        lines.append("{:<9} {}".format(name, "; ".join(words)))
        for ordinal, card in enumerate(known.get("cards") or []):
            lines.append("card {:<4} {}".format(ordinal, "of a kind the library does not tell" if card is None else card["name"]))
    lines.append("devices   {}".format(" ".join(found["deviceFiles"]) or "no /dev/cambricon*"))
    return "".join(line + "\n" for line in lines)
