"""
`torch_mlu.core.mlu_model` as ports use it. Wrong values raise here; what the vendor's release does with them is not
established.
"""

from ..stand_in.device import CARD, CORE_NUMBERS, MluDevice, count_cards


def mlu_device():
    return MluDevice()


def set_device(ordinal):
    """-1 is the fake device, on which models are compiled and nothing is computed."""
    _whole("set_device", ordinal, -1, count_cards() - 1)
    CARD.ordinal = ordinal


def set_core_version(version):
    if version not in CORE_NUMBERS:
        raise ValueError("set_core_version: {!r} is none of {}".format(version, ", ".join(sorted(CORE_NUMBERS))))
    CARD.core_version = version


def set_core_number(number):
    """MLU270 1 to 16, MLU220 1 to 4."""
    _whole("set_core_number", number, 1, CORE_NUMBERS[CARD.core_version])
    CARD.core_number = number


def set_input_format(code):
    """0 rgba, 1 argb, 2 bgra, 3 abgr: of a first convolution that normalises by itself. Taken, and without effect here."""
    _whole("set_input_format", code, 0, 3)
    CARD.input_format = code


def save_as_cambricon(name):
    """From now on each run of a traced network writes NAME.cambricon and NAME.cambricon_twins; '' ends it."""
    if not isinstance(name, str):
        raise TypeError("save_as_cambricon: the name must be a string, not {!r}".format(name))
    CARD.save_as = name


def set_cnml_enabled(enabled):
    """Taken, and without effect here."""
    if not isinstance(enabled, bool):
        raise TypeError("set_cnml_enabled: {!r} is no bool".format(enabled))


def _whole(name, value, least, most):
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("{}: {!r} is no whole number".format(name, value))
    if not least <= value <= most:
        raise ValueError("{}: {} is not within {} to {}".format(name, value, least, most))
