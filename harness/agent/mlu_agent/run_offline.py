"""`offline`: an offline model on the card, one `.npy` of outputs for each input, and its times."""

import argparse
import json
import os
import sys

import numpy as np

from .batches import in_batches
from .errors import BadFile, BadRequest
from .images import find_inputs, load_inputs
from .interruptible import run_interruptible
from .network_options import add_report, make_folder
from .save_array import save_array
from .sessions import open_session

EXAMPLE = "example: python3 agent offline --model yolox_s.cambricon --images inputs --out offline-outputs --contexts 4 --requests 100"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--model", required=True, metavar="FILE", help="a .cambricon file of a YOLOX with one output")
    parser.add_argument("--images", required=True, nargs="+", metavar="PATH", help=".npy files, folders, or pictures (needs cv2)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for NAME.npy, float32 [1, anchors, 5 + classes], and times.json")
    parser.add_argument("--classes", type=int, metavar="N", help="classes of the model (default: what its output has)")
    parser.add_argument("--device", type=int, default=0, metavar="N", help="ordinal of the card (default: %(default)s)")
    parser.add_argument("--contexts", type=int, default=1, metavar="N", help="inferences at the same time (default: %(default)s)")
    parser.add_argument("--requests", type=int, default=0, metavar="N", help="then measure N inferences of the first batch in each context")
    parser.add_argument("--seconds", type=float, default=60.0, metavar="S", help="no new request is measured after S (default: %(default)s)")
    parser.add_argument("--legacy", action="store_true", help="pictures as weights before YOLOX 0.1.1 want them")
    add_report(parser)


def run(args):
    if args.requests < 0:
        raise BadRequest("--requests is {}: give 0 to measure none, or how many in each context".format(args.requests))
    report = run_interruptible(lambda stop: _run(args, stop))
    _write(os.path.join(args.out, "times.json"), json.dumps(report, indent=2, sort_keys=True))
    if args.json:
        print(json.dumps(report, indent=2, sort_keys=True))


def _run(args, stop):
    inputs = find_inputs(args.images)
    session = open_session("offline", model=args.model, classes=args.classes, contexts=args.contexts, device=args.device)
    try:
        session.stop = stop
        make_folder(args.out)
        report = _run_session(args, session, stop, len(inputs))
    except BaseException:
        session.close_after()
        raise
    session.close()
    return report


def _run_session(args, session, stop, count):
    outputs, measured, first = [], None, None
    for names, pixels in in_batches(load_inputs(args.images, session.size, args.legacy), session.batch):
        if stop.is_set():
            raise KeyboardInterrupt
        first = pixels if first is None else first
        output, host_ms, device_ms = session.infer(pixels)
        for i, name in enumerate(names):
            path = os.path.join(args.out, name + ".npy")
            save_array(path, output[i : i + 1])
            broken = int(output[i].size - np.isfinite(output[i]).sum())
            outputs.append({"name": name, "output": path, "hostMs": host_ms, "deviceMs": device_ms, "notFinite": broken})
            _say(args, "{}/{} {}: {:.2f} ms, {:.2f} ms on the card".format(len(outputs), count, name, host_ms, device_ms))
            if broken:
                sys.stderr.write("warning: {} of {} values of {} are not finite\n".format(broken, output[i].size, name))
    if args.requests:
        _say(args, "measuring {} inferences in each of {} contexts".format(args.requests, args.contexts))
        measured = session.measure(first, args.requests, args.seconds, args.contexts)
        if not measured["sameOutputs"]:
            sys.stderr.write("warning: the same input did not always give the same output\n")
    return {"session": session.describe(), "outputs": outputs, "measured": measured}


def _say(args, text):
    if not args.quiet:
        sys.stderr.write(text + "\n")


def _write(path, text):
    try:
        with open(path + ".part", "w") as file:
            file.write(text + "\n")
        os.replace(path + ".part", path)
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))
