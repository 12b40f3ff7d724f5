"""The options that several commands share."""

import argparse
import os

from .decode_forms import DECODES
from .errors import BadFile, BadRequest


def parse_size(text):
    """`640` or `HEIGHTxWIDTH`, in pixels: [height, width]."""
    sides = text.lower().split("x")
    if len(sides) > 2 or not all(side.isdigit() and int(side) > 0 for side in sides):
        raise argparse.ArgumentTypeError("must be a number of pixels or HEIGHTxWIDTH, not {!r}".format(text))
    return [int(sides[0]), int(sides[-1])]


def add_size(parser):
    parser.add_argument("--size", type=parse_size, required=True, metavar="N|HxW", help="input in pixels, multiples of 32")


def add_decode(parser, default):
    text = "how boxes are decoded (default: {}); none leaves the head's raw output".format(default)
    parser.add_argument("--decode", choices=DECODES, default=default, help=text)


def add_yolox(parser):
    text = "a checkout of the official source to take the network from, instead of the agent's own definition"
    parser.add_argument("--yolox", metavar="REPO", help=text)


def add_inputs(parser):
    parser.add_argument("--images", required=True, nargs="+", metavar="PATH", help=".npy files, folders, or pictures (needs cv2)")
    parser.add_argument("--legacy", action="store_true", help="pictures as weights before YOLOX 0.1.1 want them")


def add_outputs(parser):
    parser.add_argument("--out", required=True, metavar="DIR", help="new folder for NAME.npy, float32 [1, anchors, 5 + classes]")


def add_report(parser):
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress")


def add_force(parser):
    parser.add_argument("--force", action="store_true", help="write over what --out names")


def refuse_existing(paths, force):
    """Raises BadRequest where there is one of them already; with `force` it may be."""
    for path in paths:
        if os.path.exists(path) and not force:
            raise BadRequest("{} exists already: add --force to write over it, or give another name".format(path))


def refuse_used_folder(path):
    """Raises BadRequest: outputs of two runs in one folder are told apart by nothing."""
    if os.path.isdir(path) and os.listdir(path):
        raise BadRequest("cannot write to {}: it is not empty; give --out a folder that does not exist yet".format(path))


def make_folder(path):
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise BadFile("cannot make the folder {}: {}".format(path, error.strerror))
