"""`export-offline`: the offline model of a quantised checkpoint."""

import argparse
import json
import os
import sys

from .card_options import add_card_options
from .export_offline import export
from .interruptible import run_interruptible
from .network_options import add_decode, add_force, add_report, add_size, add_yolox, refuse_existing
from .vendor import prints_to_stderr

EXAMPLE = (
    "example: python3 agent export-offline --quantized yolox_s_int16.pt --size 640 --core-number 4 --out yolox_s_4.cambricon"
)


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--quantized", required=True, metavar="FILE", help="a quantised checkpoint, as `quantize` writes it")
    parser.add_argument("--out", required=True, metavar="NAME.cambricon", help="the model; its twins are written beside it")
    add_size(parser)
    add_card_options(parser, "the card, from 0; -1 compiles without one (default: 0)")
    add_decode(parser, "fixed-grids")
    add_yolox(parser)
    add_force(parser)
    add_report(parser)


def run(args):
    refuse_existing([args.out, args.out + "_twins"], args.force)
    with prints_to_stderr():
        result = run_interruptible(lambda stop: _export(args), "torch_mlu")
    for warning in [result["standIn"]] + result["warnings"]:
        if warning:
            sys.stderr.write("warning: {}\n".format(warning))
    if not args.quiet:
        sys.stderr.write("{}: {} bytes, {}\n".format(result["path"], os.path.getsize(result["path"]), result["precision"]))
    if args.json:
        print(json.dumps(result, indent=2))


def _export(args):
    return export(
        args.quantized,
        args.out,
        args.size,
        args.batch,
        args.core_number,
        args.core_version,
        args.input_format,
        decode=args.decode,
        yolox=args.yolox,
        device=args.device,
    )
