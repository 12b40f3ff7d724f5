"""What `float`, `online` and `offline` have in common: a session over input files, an output file for each image."""

import json
import os
import sys

import numpy as np

from .batches import in_batches
from .images import find_inputs, load_inputs
from .interruptible import run_interruptible
from .network_options import make_folder, refuse_used_folder
from .save_array import save_array
from .vendor import prints_to_stderr


def run_on_files(args, open_it, what, more=None):
    """
    args: of add_inputs, add_outputs and add_report. open_it: opens the session, which has `size` and `batch`. what: see run_interruptible.
    more(session, first): called after the last image with the pixels of the first batch; returns what else belongs into the report.

    Returns the report, a dict that JSON can hold: session (its description), outputs (name, output, hostMs, deviceMs, notFinite of each image).
    """
    with prints_to_stderr():
        return run_interruptible(lambda stop: _run(args, open_it, more, stop), what)


def print_report(args, report):
    if args.json:
        print(json.dumps(report, indent=2, sort_keys=True))


def _run(args, open_it, more, stop):
    refuse_used_folder(args.out)
    inputs = find_inputs(args.images)
    with open_it() as session:
        session.stop = stop
        description = session.describe()
        for warning in [description["standIn"]] + description["warnings"]:
            if warning:
                warn(warning)
        make_folder(args.out)
        outputs, first = _infer_all(args, session, inputs, stop)
        report = more(session, first) if more else {}
        report.update({"session": session.describe(), "outputs": outputs})
    return report


def _infer_all(args, session, inputs, stop):
    outputs, first = [], None
    for names, pixels in in_batches(load_inputs(inputs, session.size, args.legacy), session.batch):
        if stop.is_set():
            raise KeyboardInterrupt
        first = pixels if first is None else first
        output, host_ms, device_ms = session.infer(pixels)
        for name, one in zip(names, output):
            path = os.path.join(args.out, name + ".npy")
            save_array(path, one[np.newaxis])
            broken = int(one.size - np.isfinite(one).sum())
            outputs.append({"name": name, "output": path, "hostMs": host_ms, "deviceMs": device_ms, "notFinite": broken})
            on_card = "" if device_ms is None else ", {:.2f} ms on the card".format(device_ms)
            say(args, "{}/{} {}: {:.2f} ms{}".format(len(outputs), len(inputs), name, host_ms, on_card))
            if broken:
                warn("{} of {} values of {} are not finite".format(broken, one.size, name))
    return outputs, first


def say(args, text):
    if not args.quiet:
        sys.stderr.write(text + "\n")


def warn(text):
    sys.stderr.write("warning: {}\n".format(text))
