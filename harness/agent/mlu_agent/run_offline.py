"""`offline`: an offline model on the card, one `.npy` of outputs for each input, and its times."""

import argparse
import json
import os
import statistics

from .errors import BadFile, BadRequest
from .infer_files import print_report, run_on_files, say, warn
from .network_options import add_inputs, add_outputs, add_report
from .seconds_option import seconds_option
from .sessions import open_session
from .whole_file import write_text

EXAMPLE = "example: python3 agent offline --model yolox_s.cambricon --images inputs --out offline-outputs --contexts 4 --requests 100"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--model", required=True, metavar="FILE", help="a .cambricon file of a YOLOX with one output")
    add_inputs(parser)
    add_outputs(parser)
    parser.add_argument("--classes", type=int, metavar="N", help="classes of the model (default: what its output has)")
    parser.add_argument("--device", type=int, default=0, metavar="N", help="ordinal of the card (default: %(default)s)")
    parser.add_argument("--contexts", type=int, default=1, metavar="N", help="inferences at the same time (default: %(default)s)")
    parser.add_argument(
        "--requests", type=int, default=0, metavar="N", help="then measure N inferences of the first batch in each context, into times.json"
    )
    parser.add_argument("--seconds", type=seconds_option, default=60.0, metavar="S", help="no new request is measured after S (default: %(default)s)")
    add_report(parser)


def run(args):
    if args.requests < 0:
        raise BadRequest("--requests is {}: give 0 to measure none, or how many in each context".format(args.requests))
    report = run_on_files(args, lambda: _open(args), "the card", lambda session, first: {"measured": _measure(args, session, first)})
    path = os.path.join(args.out, "times.json")
    try:
        write_text(path, json.dumps(report, indent=2, sort_keys=True) + "\n")
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))
    if report["measured"]:
        say(args, "{}; all of them are in {}".format(_summary(report["measured"], report["session"]["standIn"]), path))
    print_report(args, report)


def _open(args):
    return open_session("offline", model=args.model, classes=args.classes, contexts=args.contexts, device=args.device)


def _measure(args, session, pixels):
    if not args.requests:
        return None
    say(args, "measuring {} inferences in each of {} contexts".format(args.requests, args.contexts))
    measured = session.measure(pixels, args.requests, args.seconds, args.contexts)
    if not measured["sameOutputs"]:
        warn("the same input did not always give the same output")
    return measured


def _summary(measured, stand_in):
    host, device = ([ms for series in measured[times] for ms in series] for times in ("hostMs", "deviceMs"))
    return "{} median of {} inferences: {:.2f} ms on the host, {:.2f} ms on the card".format(
        "emulated" if stand_in else "measured", len(host), statistics.median(host), statistics.median(device)
    )
