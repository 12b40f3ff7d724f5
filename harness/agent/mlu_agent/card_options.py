"""The options of the commands that run on a card or compile for one."""

from .torch_mlu_library import CORE_VERSIONS


def add_card_options(parser, device_help):
    cores = "cores of one inference: 1 to 16, MLU220 1 to 4 (default: 1)"
    parser.add_argument("--core-number", type=int, default=1, metavar="N", help=cores)
    parser.add_argument("--core-version", choices=sorted(CORE_VERSIONS), default="MLU270", help="the card (default: MLU270)")
    parser.add_argument(
        "--input-format",
        type=int,
        default=0,
        metavar="CODE",
        help="channels of a first convolution that normalises: 0 rgba, 1 argb, 2 bgra, 3 abgr (default: 0)",
    )
    parser.add_argument("--batch", type=int, default=1, metavar="N", help="images of one inference (default: 1)")
    parser.add_argument("--device", type=int, default=0, metavar="ORDINAL", help=device_help)
