"""The card that is not there, and how it was set up."""

import os

# The most cores that one inference may be given.
CORE_NUMBERS = {"MLU270": 16, "MLU220": 4}


def count_cards():
    return int(os.environ.get("MLU_STAND_IN_CARDS", "1"))


class MluDevice(object):
    """As `torch.device('mlu')` of the vendor's build: for `.to` alone. torch's own parser knows no such device."""

    type = "mlu"

    @property
    def index(self):
        return CARD.ordinal

    def __eq__(self, other):
        return isinstance(other, MluDevice)

    def __hash__(self):
        return hash("mlu")

    def __repr__(self):
        return "device(type='mlu', index={})".format(CARD.ordinal)

    __str__ = __repr__


class Card(object):
    def __init__(self):
        self.ordinal = 0
        self.core_version = "MLU270"
        self.core_number = 1
        self.input_format = 0
        self.save_as = ""

    def check(self):
        """Version and number are set one after the other; only together can they be wrong."""
        if self.ordinal >= count_cards():
            raise RuntimeError("there is no card {}".format(self.ordinal))
        if self.core_number > CORE_NUMBERS[self.core_version]:
            raise RuntimeError("{} has no {} cores".format(self.core_version, self.core_number))


CARD = Card()
