"""`online`: a quantised checkpoint on the card, one `.npy` of outputs for each input."""

import argparse
import json
import os
import sys

from .batches import in_batches
from .card_options import add_card_options
from .images import find_inputs, load_inputs
from .network_options import add_decode, add_report, add_size, add_yolox, make_folder
from .save_array import save_array
from .sessions import open_session
from .vendor import prints_to_stderr

EXAMPLE = "example: python3 agent online --quantized yolox_s_int16.pt --size 640 --images inputs --core-number 4 --out online"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--quantized", required=True, metavar="FILE", help="a quantised checkpoint, as `quantize` writes it")
    parser.add_argument("--images", required=True, nargs="+", metavar="PATH", help=".npy files, folders, or pictures (needs cv2)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for NAME.npy, float32 [1, anchors, 5 + classes]")
    parser.add_argument("--legacy", action="store_true", help="pictures as weights before YOLOX 0.1.1 want them")
    add_size(parser)
    add_card_options(parser, "the card, from 0 (default: 0)")
    add_decode(parser, "concatenated")
    add_yolox(parser)
    add_report(parser)


def run(args):
    inputs = find_inputs(args.images)
    with prints_to_stderr():
        description, written = _run(args, len(inputs))
    if args.json:
        print(json.dumps({"session": description, "outputs": written}, indent=2))


def _run(args, total):
    session = open_session(
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
    description = session.describe()
    if not args.quiet:
        for warning in [description["standIn"]] + description["details"]["warnings"]:
            if warning:
                sys.stderr.write("warning: {}\n".format(warning))
    make_folder(args.out)
    written = []
    for names, pixels in in_batches(load_inputs(args.images, args.size, args.legacy), args.batch):
        output, host_ms, device_ms = session.infer(pixels)
        for index, name in enumerate(names):
            path = os.path.join(args.out, name + ".npy")
            save_array(path, output[index:index + 1])
            written.append({"name": name, "output": path, "hostMs": host_ms, "deviceMs": device_ms})
        if not args.quiet:
            sys.stderr.write("{}/{} {}: {:.1f} ms\n".format(len(written), total, names[-1], host_ms))
    session.close()
    return description, written
