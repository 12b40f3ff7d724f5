"""A quantised checkpoint in the vendor's layers, with the certainty that its scales are in them."""

import collections

import torch

from .checkpoints import check_weights, load_state_dict
from .errors import BadFile, DeviceError, first_line
from .network import build_network
from .quantized_checks import DTYPES
from .quantized_state import FLOAT_LAYERS, expected_quant_scale, read_quantized_state
from .variant import QUANTIZER_ENTRIES, variant_of

# network: on the CPU, in eval mode; state: QuantizedState; warnings: sentences.
QuantizedNetwork = collections.namedtuple("QuantizedNetwork", ["network", "variant", "state", "warnings"])


def load_quantized_network(library, path, size, decode, yolox=None):
    """
    library: of load_torch_mlu; the rest as build_network has it. The layers do not observe (gen_quant off): observers would
    stay in what is timed and traced.

    Raises BadFile for a checkpoint that is none, is not quantised, or not wholly; DeviceError where the vendor's library
    refuses it, or leaves out what the file has.
    """
    state_dict = load_state_dict(path)
    try:
        variant = variant_of(state_dict)
        network = build_network(variant, size, decode, yolox)
        check_weights(network, state_dict)
        state = read_quantized_state(network, state_dict)
    except BadFile as error:
        raise BadFile("cannot use {}: {}".format(path, error))
    network, warnings = _convert(library, network, state, state_dict)
    _check_replaced(network, state)
    try:
        network.load_state_dict(state_dict)
    except Exception as error:
        raise DeviceError("torch_mlu does not load {}: {}".format(path, first_line(error)))
    warnings = warnings + _check_arrived(network, state, state_dict, path)
    return QuantizedNetwork(network.eval(), variant, state, warnings)


def precision(state):
    return state.dtype or "int8 and int16"


def _convert(library, network, state, state_dict):
    """
    The network with the vendor's layers, and what there is to say of it. Options fit the file: the defaults make every first
    convolution normalise.
    """
    options = {
        "iteration": 1,
        "use_avg": False,
        "data_scale": 1.0,
        "mean": [0, 0, 0],
        "std": [1, 1, 1],
        "per_channel": state.per_channel,
        "firstconv": state.first is not None,
    }
    if state.first is not None:
        # The file has them times 255.
        for option in ("mean", "std"):
            values = state_dict["{}.input_{}".format(state.first, option)].reshape(-1)
            options[option] = [value / 255.0 for value in values.tolist()]
    try:
        return library.quantize(network, options, dtype=state.dtype or "int16", gen_quant=False), []
    except Exception as refused:
        # Of the closed 1.3 build it is known only that it takes a call without options.
        try:
            converted = library.quantize(network)
        except Exception as error:
            raise DeviceError(
                "quantize_dynamic_mlu takes the network neither with options ({}) nor without ({}): see what it printed".format(
                    first_line(refused), first_line(error)
                )
            )
        return converted, ["quantize_dynamic_mlu refused its options ({}) and was called without".format(first_line(refused))]


def _check_replaced(network, state):
    modules = dict(network.named_modules())
    for layer in state.layers:
        if type(modules[layer]) in FLOAT_LAYERS:
            raise DeviceError("quantize_dynamic_mlu left {} a float layer: report it with the vendor's version".format(layer))


def _check_arrived(network, state, state_dict, path):
    """
    Compares what the layers have with what the file has, since a load of the vendor's layers is never strict. Returns a
    warning where no layer shows its scale, as in a release that keeps them elsewhere. Raises DeviceError naming the first
    layer that differs, or that shows none while others do: in the public source it stays None where a load brings nothing.
    """
    modules = dict(network.named_modules())
    loaded = network.state_dict()
    for name, tensor in state_dict.items():
        of_quantiser = name.rsplit(".", 1)[-1] in QUANTIZER_ENTRIES
        if name in loaded and not of_quantiser and not torch.equal(loaded[name], tensor):
            raise DeviceError("{} differs from {} after it was loaded: report it with the vendor's version".format(name, path))
    unseen = []
    for layer in state.layers:
        quant_scale, mode = (_entry(modules[layer], loaded, layer, name) for name in ("scale", "quantized_mode"))
        if quant_scale is None or mode is None:
            unseen.append(layer)
            continue
        dtype = DTYPES.get(int(mode.reshape(-1)[0].item()))
        # By channel, the public source joins the scales in one; another may keep them as they are in the file.
        in_file = (expected_quant_scale(state_dict, layer), state_dict[layer + ".scale"])
        same = any(_equal(quant_scale, known) for known in in_file)
        if not same or dtype != DTYPES[int(state_dict[layer + ".quantized_mode"].item())]:
            raise DeviceError(
                "{} has {} scale {} after it was loaded, and {} has {}: the loader left it out; report its version".format(
                    layer, dtype, _shown(quant_scale), path, _shown(in_file[1])
                )
            )
    if not unseen:
        return []
    if len(unseen) < len(state.layers):
        raise DeviceError(
            "{} has no scale or no quantized_mode after it was loaded ({} of {} layers have none): the loader left it out; "
            "report its version".format(unseen[0], len(unseen), len(state.layers))
        )
    return ["the vendor's layers do not show their scales: whether they were loaded cannot be told"]


def _entry(module, loaded, layer, name):
    """A layer's own attribute; where it keeps it under another name, what it would save."""
    value = getattr(module, name, None)
    return value if isinstance(value, torch.Tensor) else loaded.get("{}.{}".format(layer, name))


def _equal(first, second):
    first, second = first.detach().cpu().float().reshape(-1), second.float().reshape(-1)
    return first.shape == second.shape and torch.equal(first, second)


def _shown(quant_scale):
    return quant_scale.reshape(-1)[:2].tolist()
