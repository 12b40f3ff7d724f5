"""The vendor's `torch_mlu`, found once: what of it is used here, and how a card is set up."""

import collections
import importlib

from .errors import BadRequest, DeviceError, NotAvailable

# model: torch_mlu.core.mlu_model; quantize: quantize_dynamic_mlu; Notifier: a class or None; version: text or None; stand_in: a sentence or None.
Library = collections.namedtuple("Library", ["model", "quantize", "Notifier", "version", "stand_in"])

# Cores that one inference can be given.
CORE_VERSIONS = {"MLU270": 16, "MLU220": 4}
# Channel orders of a first convolution that normalises by itself: rgba, argb, bgra, abgr.
INPUT_FORMATS = (0, 1, 2, 3)


def load_torch_mlu():
    """Raises NotAvailable where it cannot be imported."""
    try:
        package = importlib.import_module("torch_mlu")
        model = importlib.import_module("torch_mlu.core.mlu_model")
        quantize = importlib.import_module("torch_mlu.core.mlu_quantize").quantize_dynamic_mlu
    # A library of the driver that is missing is an OSError, another release's names an AttributeError.
    except Exception as error:
        raise NotAvailable(
            "torch_mlu cannot be imported ({}: {}): run the agent in the vendor's container, its environment sourced".format(
                type(error).__name__, error
            )
        )
    return Library(model, quantize, _notifier(), getattr(package, "__version__", None), getattr(package, "MLU_PARITY_STAND_IN", None))


def _notifier():
    """Later releases time the card by it; whether the 1.3 build has it is not established, and host time does without."""
    try:
        notifier = importlib.import_module("torch_mlu.core.device.notifier").Notifier
    except Exception:
        return None
    return notifier if hasattr(notifier, "hardware_time") else None


def check_card_options(core_number, core_version, input_format, device):
    """Raises BadRequest; so a wrong number is a sentence of the agent's on every release."""
    if core_version not in CORE_VERSIONS:
        raise BadRequest("there is no core version {!r}: give {}".format(core_version, ", ".join(sorted(CORE_VERSIONS))))
    if not _within(core_number, 1, CORE_VERSIONS[core_version]):
        raise BadRequest("core number {!r} is none of an {}: give 1 to {}".format(core_number, core_version, CORE_VERSIONS[core_version]))
    if not _within(input_format, INPUT_FORMATS[0], INPUT_FORMATS[-1]):
        raise BadRequest("input format {!r} is none: give 0 (rgba), 1 (argb), 2 (bgra) or 3 (abgr)".format(input_format))
    if not _within(device, -1, 1023):
        raise BadRequest("device {!r} is none: give the ordinal of a card, from 0".format(device))


def _within(value, least, most):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def set_up_card(library, core_number, core_version, input_format, device):
    """
    Before anything of the network is on the card. device -1: none, for export alone. The version goes first, since it decides which numbers there are.

    Raises BadRequest for values that no card has, DeviceError for those that this one refuses.
    """
    check_card_options(core_number, core_version, input_format, device)
    for name, value in (
        ("set_device", device),
        ("set_core_version", core_version),
        ("set_core_number", core_number),
        ("set_input_format", input_format),
    ):
        try:
            getattr(library.model, name)(value)
        except Exception as error:
            raise DeviceError("torch_mlu refuses {}({!r}): {}".format(name, value, first_line(error)))


def first_line(error):
    return str(error).strip().split("\n")[0] or type(error).__name__
