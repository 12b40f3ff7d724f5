"""`float`: a checkpoint in float32 on the CPU, one `.npy` of outputs for each input."""

import argparse
import json
import os
import sys

from .images import find_inputs, load_inputs
from .network_options import add_decode, add_report, add_size, add_yolox, make_folder
from .save_array import save_array
from .sessions import open_session

EXAMPLE = "example: python3 agent float --weights yolox_s.pth --size 640 --images inputs --out float-outputs"


def add_arguments(parser):
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLE
    parser.add_argument("--weights", required=True, metavar="FILE", help="a checkpoint; of a quantised one the float weights run")
    parser.add_argument("--images", required=True, nargs="+", metavar="PATH", help=".npy files, folders, or pictures (needs cv2)")
    parser.add_argument("--out", required=True, metavar="DIR", help="folder for NAME.npy, float32 [1, anchors, 5 + classes]")
    parser.add_argument("--legacy", action="store_true", help="pictures as weights before YOLOX 0.1.1 want them")
    add_size(parser)
    add_decode(parser, "none")
    add_yolox(parser)
    add_report(parser)


def run(args):
    inputs = find_inputs(args.images)
    session = open_session("float", checkpoint=args.weights, size=args.size, decode=args.decode, yolox=args.yolox)
    make_folder(args.out)
    written = []
    for name, pixels in load_inputs(args.images, args.size, args.legacy):
        output, host_ms, _ = session.infer(pixels)
        path = os.path.join(args.out, name + ".npy")
        save_array(path, output)
        written.append({"name": name, "output": path, "hostMs": host_ms})
        if not args.quiet:
            sys.stderr.write("{}/{} {}: {:.0f} ms\n".format(len(written), len(inputs), name, host_ms))
    if args.json:
        print(json.dumps({"session": session.describe(), "outputs": written}, indent=2))
    session.close()
