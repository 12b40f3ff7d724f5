from .checkpoints import load_state_dict, load_weights
from .errors import BadFile
from .network import build_network
from .variant import variant_of


def load_network(path, size, decode, yolox=None):
    """
    The float network of a checkpoint (a float or a quantised one) with its weights, and its Variant; arguments as build_network
    has them.

    Raises BadFile, with the path, for a checkpoint that cannot be read or is none of an official YOLOX.
    """
    state_dict = load_state_dict(path)
    try:
        variant = variant_of(state_dict)
        network = build_network(variant, size, decode, yolox)
        load_weights(network, state_dict)
    except BadFile as error:
        raise BadFile("cannot use {}: {}".format(path, error))
    return network, variant
