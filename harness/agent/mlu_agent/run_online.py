"""`online`: a quantised checkpoint on the card, one `.npy` of outputs for each input."""

import argparse

from .card_options import add_card_options
from .infer_files import print_report, run_on_files
from .network_options import add_decode, add_inputs, add_outputs, add_report, add_size, add_yolox
from .sessions import open_session

EXAMPLE = "example: python3 agent online --quantized yolox_s_int16.pt --size 640 --images inputs --core-number 4 --out online"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--quantized", required=True, metavar="FILE", help="a quantised checkpoint, as `quantize` writes it")
    add_inputs(parser)
    add_outputs(parser)
    add_size(parser)
    add_card_options(parser, "the card, from 0 (default: 0)")
    add_decode(parser, "concatenated")
    add_yolox(parser)
    add_report(parser)


def run(args):
    print_report(args, run_on_files(args, lambda: _open(args), "the card"))


def _open(args):
    return open_session(
        "online",
        checkpoint=args.quantized,
        size=args.size,
        batch=args.batch,
        core_number=args.core_number,
        core_version=args.core_version,
        input_format=args.input_format,
        device=args.device,
        decode=args.decode,
        yolox=args.yolox,
    )
