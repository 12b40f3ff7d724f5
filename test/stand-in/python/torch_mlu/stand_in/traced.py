"""A network traced on the card: one compiled operator. Run while `save_as_cambricon` has a name, it writes the offline model."""

import torch

from .device import CARD
from .device_tensor import is_on_device, on_device, plain
from .offline_model import write_offline_model


class TracedOnDevice(object):
    def __init__(self, program, network):
        self._program = program
        self._network = network

    def __call__(self, *inputs):
        if not all(is_on_device(value) for value in inputs):
            raise RuntimeError("a network traced for the MLU was given a tensor of the CPU")
        CARD.check()
        given = [plain(value) for value in inputs]
        results = self._program(*given)
        outputs = [plain(value) for value in (results if isinstance(results, (tuple, list)) else [results])]
        if CARD.save_as:
            write_offline_model(CARD, self._program, self._network, given, outputs)
        moved = [on_device(value) for value in outputs]
        return moved[0] if isinstance(results, torch.Tensor) else type(results)(moved)

    forward = __call__

    def eval(self):
        return self
