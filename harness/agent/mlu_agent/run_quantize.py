"""`quantize`: a checkpoint quantised on images, and saved as the legacy state_dict that `online` and `export-offline` take."""

import argparse
import json
import sys

from .images import find_inputs, load_inputs
from .network_options import add_report, add_size, add_yolox
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
    parser.add_argument("--images", required=True, nargs="+", metavar="PATH", help=".npy files, folders, or pictures (needs cv2)")
    parser.add_argument("--iteration", type=int, metavar="N", help="images that set the ranges (default: all of them)")
    parser.add_argument("--per-channel", action="store_true", help="a weight scale for each output channel")
    parser.add_argument("--firstconv", action="store_true", help="let the first convolution normalise; not behind a Focus stem")
    parser.add_argument(
        "--data-scale", type=float, default=1.0, metavar="X", help="multiplies the ranges (default: 1; more leaves room)"
    )
    parser.add_argument("--legacy", action="store_true", help="pictures as weights before YOLOX 0.1.1 want them")
    add_size(parser)
    add_yolox(parser)
    add_report(parser)


def run(args):
    count = len(find_inputs(args.images))
    images = load_inputs(args.images, args.size, args.legacy)
    with prints_to_stderr():
        done = quantize(
            args.weights,
            args.out,
            args.dtype,
            images if args.quiet else _with_progress(images, count),
            count,
            args.size,
            iteration=args.iteration,
            per_channel=args.per_channel,
            firstconv=args.firstconv,
            data_scale=args.data_scale,
            yolox=args.yolox,
        )
    for warning in done["warnings"] + [sentence for sentence in [done["standIn"]] if sentence]:
        sys.stderr.write("warning: {}\n".format(warning))
    if not args.quiet:
        sys.stderr.write("{convolutions} convolutions in {dtype} by {iteration} of {images} images: {output}\n".format(**done))
    if args.json:
        print(json.dumps(done, indent=2))


def _with_progress(images, count):
    for done, (name, pixels) in enumerate(images, 1):
        sys.stderr.write("{}/{} {}\n".format(done, count, name))
        yield name, pixels
