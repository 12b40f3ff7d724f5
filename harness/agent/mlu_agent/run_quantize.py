"""`quantize`: a checkpoint quantised on images, and saved as the legacy state_dict that `online` and `export-offline` take."""

import argparse
import json
import sys

from .images import find_inputs, load_inputs
from .interruptible import run_interruptible
from .network_options import add_force, add_inputs, add_report, add_size, add_yolox, refuse_existing
from .quantize import quantize
from .quantized_checks import QMAX
from .vendor import prints_to_stderr

EXAMPLE = (
    "example: python3 agent quantize --weights yolox_s.pt --out yolox_s_int16.pt --dtype int16 --size 640 --images calibration"
)


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--weights", required=True, metavar="FILE", help="a float checkpoint")
    parser.add_argument("--out", required=True, metavar="FILE", help="the quantised state_dict to write")
    parser.add_argument(
        "--dtype", choices=sorted(QMAX), default="int16", help="of inputs and weights of convolutions (default: int16)"
    )
    add_inputs(parser)
    parser.add_argument("--iteration", type=int, metavar="N", help="images that set the ranges (default: all of them)")
    parser.add_argument("--per-channel", action="store_true", help="a weight scale for each output channel")
    parser.add_argument(
        "--firstconv", action="store_true", help="always refused: a first convolution that normalises takes a picture, and YOLOX's a Focus"
    )
    parser.add_argument(
        "--data-scale", type=float, default=1.0, metavar="X", help="multiplies the ranges (default: 1; more leaves room)"
    )
    add_size(parser)
    add_yolox(parser)
    add_force(parser)
    add_report(parser)


def run(args):
    refuse_existing([args.out], args.force)
    inputs = find_inputs(args.images)
    count = len(inputs)
    images = load_inputs(inputs, args.size, args.legacy)
    with prints_to_stderr():
        done = run_interruptible(lambda stop: _quantize(args, _told(images, count, args.quiet, stop), count), "torch_mlu")
    for warning in done["warnings"] + [sentence for sentence in [done["standIn"]] if sentence]:
        sys.stderr.write("warning: {}\n".format(warning))
    if not args.quiet:
        sys.stderr.write("{convolutions} convolutions in {dtype} by {iteration} of {images} images: {output}\n".format(**done))
    if args.json:
        print(json.dumps(done, indent=2))


def _quantize(args, images, count):
    return quantize(
        args.weights,
        args.out,
        args.dtype,
        images,
        count,
        args.size,
        iteration=args.iteration,
        per_channel=args.per_channel,
        firstconv=args.firstconv,
        data_scale=args.data_scale,
        yolox=args.yolox,
    )


def _told(images, count, quiet, stop):
    """The images, each said as it is asked for; ends with KeyboardInterrupt where `stop` is set."""
    for done, (name, pixels) in enumerate(images, 1):
        if stop.is_set():
            raise KeyboardInterrupt
        if not quiet:
            sys.stderr.write("{}/{} {}\n".format(done, count, name))
        yield name, pixels
