"""`float`: a checkpoint in float32 on the CPU, one `.npy` of outputs for each input."""

import argparse

from .infer_files import print_report, run_on_files
from .network_options import add_decode, add_inputs, add_outputs, add_report, add_size, add_yolox
from .sessions import open_session

EXAMPLE = "example: python3 agent float --weights yolox_s.pth --size 640 --images inputs --out float-outputs"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--weights", required=True, metavar="FILE", help="a checkpoint; of a quantised one the float weights run")
    add_inputs(parser)
    add_outputs(parser)
    add_size(parser)
    add_decode(parser, "none")
    add_yolox(parser)
    add_report(parser)


def run(args):
    print_report(args, run_on_files(args, lambda: _open(args), "PyTorch"))


def _open(args):
    return open_session("float", checkpoint=args.weights, size=args.size, decode=args.decode, yolox=args.yolox)
