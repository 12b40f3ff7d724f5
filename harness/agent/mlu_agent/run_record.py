"""`record`: works through a plan of `mlu-parity record plan` and writes what came out; killed, it goes on where it was."""

import datetime
import json
import os
import shutil
import sys
import time

from . import VERSION
from .bundle import BACKENDS, PLAN, SUMS, read_bundle
from .errors import BadRequest
from .file_hash import sha256_of
from .interruptible import run_interruptible
from .journal import Journal
from .recorder import Recorder
from .seconds_option import seconds_option
from .vendor import prints_to_stderr
from .whole_file import write_text, write_whole

RECORDING = "recording.json"
SCHEMA = "mlu-parity/recording"
# A file that is no longer what the plan was made of is an error of the input; a device that fails is 5, as errors.EXIT_CODES has it.
FAILED = 5
_SECONDS_BETWEEN_LINES = 2
# An export alone may take most of an hour.
TIMEOUT_SECONDS = 3600.0


def add_arguments(parser):
    parser.add_argument("bundle", help="the folder that mlu-parity record plan wrote")
    parser.add_argument("--out", required=True, help="folder to write to, or to go on with")
    parser.add_argument("--only", choices=sorted(BACKENDS), help="this backend alone; the other one can follow in the same folder")
    parser.add_argument("--yolox", help="an official checkout to take the network from")
    parser.add_argument("--device", type=int, default=0, help="number of the card (default: 0)")
    parser.add_argument("--timeout", type=seconds_option, default=TIMEOUT_SECONDS, metavar="SECONDS",
                        help="longest that one call, an inference or an export, may take (default: {:g})".format(TIMEOUT_SECONDS))
    parser.add_argument("--json", action="store_true", help="print the recording as JSON")
    parser.epilog = "Example: python3 agent record plan --out recording"


def run(args):
    with prints_to_stderr():
        recording = run_interruptible(lambda stop: _record(args, stop), limit=args.timeout)
    if args.json:
        json.dump(recording, sys.stdout, indent=1, sort_keys=True)
        sys.stdout.write("\n")
    return FAILED if any(backend["failures"] for backend in recording["backends"]) else 0


def _refuse_inside(out, bundle):
    """A recording in the plan's own folder would write over its checksums."""
    inner, outer = os.path.realpath(out), os.path.realpath(bundle)
    if (inner + os.sep).startswith(outer + os.sep):
        raise BadRequest("--out {} lies in the plan {}: give a folder outside of it".format(out, bundle))


def _record(args, stop):
    say = _Progress(stop)
    plan, plan_sha256 = read_bundle(args.bundle, lambda done, total: say.step("checking {} of {} files".format(done, total)))
    backends = [backend for backend in plan["backends"] if args.only in (None, backend["name"])]
    if not backends:
        raise BadRequest("--only {}: the plan has no such backend, leave it out".format(args.only))
    _refuse_inside(args.out, args.bundle)
    try:
        recording = _go_on(args, plan, plan_sha256, backends, say, stop)
    except OSError as error:
        raise BadRequest("cannot record into {} ({}): give --out a place that can be written to".format(args.out, error.strerror or error))
    say.line("wrote {}".format(os.path.join(args.out, RECORDING)))
    return recording


def _go_on(args, plan, plan_sha256, backends, say, stop):
    """Begins the recording in --out, or goes on with it; returns what is in its recording.json. Raises OSError where the folder does not take it."""
    _take_folder(args.out, args.bundle, plan_sha256)
    journal = Journal(args.out, plan["cores"][0], say.line)
    try:
        if journal.started is None:
            journal.add({"type": "started", "at": _now()})
        options = {"device": args.device, "yolox": args.yolox}
        recorders = {
            backend["name"]: Recorder(args.bundle, plan, backend, args.out, journal, options, say, stop)
            for backend in plan["backends"]
        }
        for backend in backends:
            recorders[backend["name"]].run()
        called = [backend["name"] for backend in backends]
        recording = {
            "schema": SCHEMA,
            "version": 1,
            "agent": VERSION,
            "plan": plan_sha256,
            "startedAt": journal.started,
            "finishedAt": _now(),
            # One that this call was not about is there when an earlier one has finished it.
            "backends": [
                recorders[name].record()
                for name in (backend["name"] for backend in plan["backends"])
                if name in called or not recorders[name].missing_images()
            ],
        }
        _write(args.out, recording)
        return recording
    finally:
        journal.close()


def _take_folder(out, bundle, plan_sha256):
    """Makes the folder, or takes the one that was begun with the same plan. Raises BadRequest for any other, OSError."""
    own = os.path.join(out, PLAN)
    if os.path.exists(own):
        if sha256_of(own) != plan_sha256:
            raise BadRequest("cannot go on in {}: it was begun with another plan; give --out a new folder".format(out))
        return
    # A kill may have left the plan half written.
    if os.path.isdir(out) and set(os.listdir(out)) - {PLAN + ".part"}:
        raise BadRequest("cannot record into {}: it holds something else; give --out a new folder".format(out))
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(bundle, PLAN), "rb") as plan:
        write_whole(own, lambda file: shutil.copyfileobj(plan, file))


def _write(out, recording):
    """recording.json, and a list of everything that it stands on, last: with it the recording is whole."""
    write_text(os.path.join(out, RECORDING), json.dumps(recording, indent=1, sort_keys=True) + "\n")
    sums = [(PLAN, recording["plan"]), (RECORDING, sha256_of(os.path.join(out, RECORDING)))]
    for backend in recording["backends"]:
        models = [entry["model"] for entry in [backend] + backend["latency"] if entry["model"] and entry["model"]["exported"]]
        sums += sorted({(entry["file"], entry["sha256"]) for entry in models + backend["images"] + backend["latency"]})
    write_text(os.path.join(out, SUMS), "".join("{}  {}\n".format(sha256, path) for path, sha256 in sums))


class _Progress(object):
    """Lines on stderr, no more than one in two seconds of those that follow each other fast."""

    def __init__(self, stop):
        self._stop = stop
        self._last = None

    def step(self, text):
        """Where an interrupted recording ends: raises KeyboardInterrupt."""
        if self._stop.is_set():
            raise KeyboardInterrupt
        now = time.time()
        if self._last is None or now - self._last >= _SECONDS_BETWEEN_LINES:
            self._last = now
            self.line(text)

    def line(self, text):
        sys.stderr.write("agent: {}\n".format(text))
        sys.stderr.flush()


def _now():
    return datetime.datetime.now(datetime.timezone.utc).isoformat()
