"""The vendor's `torch_mlu`, found once: what of it is used here, and how a card is set up."""

import collections

from .errors import BadRequest, DeviceError, NotAvailable, first_line
from .vendor import import_torch_mlu, stand_in

# model: torch_mlu.core.mlu_model; quantize: quantize_dynamic_mlu; Notifier: a class or None; version: text or None;
# stand_in: a sentence or None.
Library = collections.namedtuple("Library", ["model", "quantize", "Notifier", "version", "stand_in"])

# Cores that one inference can be given.
CORE_VERSIONS = {"MLU270": 16, "MLU220": 4}
# Channel orders of a first convolution that normalises by itself: rgba, argb, bgra, abgr.
INPUT_FORMATS = (0, 1, 2, 3)
# Of images in one inference, far beyond what any card is given.
MAX_BATCH = 1024


def load_torch_mlu():
    """Raises NotAvailable where it cannot be imported."""
    package = import_torch_mlu()
    model = import_torch_mlu("torch_mlu.core.mlu_model")
    quantize = import_torch_mlu("torch_mlu.core.mlu_quantize").quantize_dynamic_mlu
    return Library(model, quantize, _notifier(), getattr(package, "__version__", None), stand_in())


def _notifier():
    """Later releases time the card by it; whether the 1.3 build has it is not established, and host time does without."""
    try:
        notifier = import_torch_mlu("torch_mlu.core.device.notifier").Notifier
    except (NotAvailable, AttributeError):
        return None
    return notifier if hasattr(notifier, "hardware_time") else None


def check_card_options(core_number, core_version, input_format, device):
    """Raises BadRequest; so a wrong number is a sentence of the agent's on every release."""
    if core_version not in CORE_VERSIONS:
        raise BadRequest("there is no core version {!r}: give {}".format(core_version, ", ".join(sorted(CORE_VERSIONS))))
    cores = CORE_VERSIONS[core_version]
    if not _within(core_number, 1, cores):
        raise BadRequest("core number {!r} is none of an {}: give 1 to {}".format(core_number, core_version, cores))
    if not _within(input_format, INPUT_FORMATS[0], INPUT_FORMATS[-1]):
        raise BadRequest("input format {!r} is none: give 0 (rgba), 1 (argb), 2 (bgra) or 3 (abgr)".format(input_format))
    if not _within(device, -1, 1023):
        raise BadRequest("device {!r} is none: give the ordinal of a card, from 0".format(device))


def check_batch(batch):
    """Raises BadRequest."""
    if not _within(batch, 1, MAX_BATCH):
        raise BadRequest("a batch of {!r} images cannot be: give 1 to {}".format(batch, MAX_BATCH))


def _within(value, least, most):
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def set_up_card(library, core_number, core_version, input_format, device):
    """
    Before anything of the network is on the card. device -1: none, for export alone. The version goes first, since it
    decides which numbers there are.

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
