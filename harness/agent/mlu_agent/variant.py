"""Which YOLOX a state_dict is, from its names and shapes alone."""

import collections

from .errors import BadFile

STEM = "backbone.backbone.stem.conv"

# What the vendor's quantiser adds beside a module's own entries; they say nothing of the architecture.
QUANTIZER_ENTRIES = (
    "scale",
    "quantized_mode",
    "quantized_by_channel",
    "scale_weight_per_channel",
    "input_mean",
    "input_std",
    "use_symmetry",
)

# depth: bottlenecks over 3, so that round(3 * depth) gives them back; width: channels of the stem over 64.
Variant = collections.namedtuple("Variant", ["depth", "width", "depthwise", "classes"])


def variant_of(state_dict):
    """
    state_dict: names to tensors, float or quantised. Returns a Variant whose network has entries of these names; whether all of
    them are there in the right shapes is seen when they are loaded.

    Raises BadFile where the state_dict is none of an official YOLOX.
    """
    if STEM + ".conv.bias" in state_dict:
        raise BadFile(
            "the weights' batch norm is folded into the convolutions (fuse_model), and the card's quantiser works on those "
            "before: give the checkpoint as it was trained"
        )
    stem = _shape(state_dict, STEM + ".conv.weight")
    classes = _shape(state_dict, "head.cls_preds.0.weight")[0]
    base = stem[0]
    backbone = _bottlenecks(state_dict, "backbone.backbone.dark2.1")
    neck = _bottlenecks(state_dict, "backbone.C3_p4")
    # A depth below 1/6 leaves the neck none and the backbone one (CSPDarknet takes max(round(3 * depth), 1)).
    if backbone != max(neck, 1):
        raise BadFile(
            "the weights do not fit together as a YOLOX: the backbone has {} bottlenecks, the neck {}".format(backbone, neck)
        )
    # Of a size that the weights at hand really have: a made-up stem must not make a network that no memory holds.
    widest = _shape(state_dict, "backbone.backbone.dark5.1.conv2.conv.weight")
    if stem[1] != 12 or widest[:2] != (16 * base, 32 * base):
        raise BadFile(
            "the weights do not fit together as a YOLOX: the stem is {} and dark5.1.conv2 {}".format(list(stem), list(widest))
        )
    depthwise = "backbone.backbone.dark2.0.dconv.conv.weight" in state_dict
    return Variant(neck / 3.0, base / 64.0, depthwise, classes)


def _bottlenecks(state_dict, path):
    count = 0
    while "{}.m.{}.conv1.conv.weight".format(path, count) in state_dict:
        count += 1
    return count


def _shape(state_dict, name):
    if name not in state_dict:
        first = next(iter(state_dict), None)
        others = "there are no tensors" if first is None else '{} others, the first "{}"'.format(len(state_dict), first)
        raise BadFile('the weights are not those of an official YOLOX: "{}" is missing ({})'.format(name, others))
    shape = tuple(state_dict[name].shape)
    if len(shape) != 4 or min(shape) < 1:
        raise BadFile('the weights are not those of a YOLOX: "{}" has shape {} instead of 4 axes'.format(name, list(shape)))
    return shape
