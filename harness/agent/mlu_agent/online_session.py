import time

import numpy as np
import torch

from .errors import BadRequest, DeviceError, first_line
from .measure_in_turn import measure_in_turn
from .quantized_network import load_quantized_network, precision
from .sessions import Session
from .torch_mlu_library import check_batch, load_torch_mlu, set_up_card


class OnlineSession(Session):
    """
    A quantised checkpoint on the card through torch_mlu, operator by operator. Options as sessions.py has them.

    Raises BadRequest, BadFile, NotAvailable (no torch_mlu) or DeviceError.
    """

    def __init__(self, checkpoint=None, size=None, batch=1, core_number=1, core_version="MLU270", input_format=0, device=0,
                 decode="concatenated", yolox=None, **unknown):
        if unknown:
            raise BadRequest("an online session has no option {}".format(", ".join(sorted(unknown))))
        if checkpoint is None or size is None:
            raise BadRequest("an online session needs checkpoint and size")
        if device == -1:
            raise BadRequest("an online session needs a card: give its ordinal, from 0; -1 is for export-offline alone")
        check_batch(batch)
        super(OnlineSession, self).__init__()
        self.library = load_torch_mlu()
        set_up_card(self.library, core_number, core_version, input_format, device)
        loaded = load_quantized_network(self.library, checkpoint, size, decode, yolox)
        self.device = self.library.model.mlu_device()
        self.Notifier = self.library.Notifier
        self.size, self.batch = list(size), batch
        self.input_shape = (batch, 3) + tuple(size)
        self.decode = decode
        self.description = {
            "device": core_version,
            "precision": precision(loaded.state),
            "engine": "PyTorch {}, {}".format(torch.__version__, ("torch_mlu " + (self.library.version or "")).strip()),
            "coreNumber": core_number,
            # What the card makes of an assignment to a slice is seen in the numbers alone.
            "decoded": None if decode == "in-place" else decode != "none",
            "standIn": self.library.stand_in,
            "warnings": loaded.warnings,
            "details": {
                "size": list(size),
                "batch": batch,
                "decode": decode,
                "variant": dict(loaded.variant._asdict()),
                "yolox": yolox,
                "quantizedLayers": len(loaded.state.layers),
                "perChannel": loaded.state.per_channel,
                "firstConv": loaded.state.first,
                "inputFormat": input_format,
                "ordinal": device,
                "notifier": self.Notifier is not None,
            },
        }
        try:
            self.network = loaded.network.to(self.device)
        except Exception as error:
            raise DeviceError("the network cannot be moved to card {}: {}".format(device, first_line(error)))

    def describe(self):
        return self.description

    def infer(self, pixels):
        pixels = np.ascontiguousarray(pixels, np.float32)
        if pixels.shape != self.input_shape:
            raise BadRequest(
                "the input has shape {}, and the session is for {}".format(list(pixels.shape), list(self.input_shape))
            )
        try:
            with torch.no_grad():
                return self._infer(torch.from_numpy(pixels))
        except RuntimeError as error:
            raise DeviceError("the card does not run the network: {}".format(first_line(error)))

    def _infer(self, pixels):
        """The copy back waits for the card, so that host time holds all of it whether or not there are notifiers."""
        begun = time.perf_counter()
        on_card = pixels.to(self.device)
        before = self._mark()
        result = self.network(on_card)
        after = self._mark()
        output = np.ascontiguousarray(result.cpu().numpy(), np.float32)
        host_ms = (time.perf_counter() - begun) * 1000
        if output.ndim != 3 or output.shape[0] != self.input_shape[0]:
            raise DeviceError("the card returned shape {}: it should be [batch, anchors, 5 + classes]".format(list(output.shape)))
        # The notifier's own unit is the microsecond.
        return output, host_ms, None if before is None else before.hardware_time(after) / 1000.0

    def _mark(self):
        if self.Notifier is None:
            return None
        mark = self.Notifier()
        mark.place()
        return mark

    def measure(self, pixels, requests, seconds, contexts):
        if contexts != 1:
            raise BadRequest("an online session has one context, not {}: torch_mlu runs one network at a time".format(contexts))
        return measure_in_turn(self.infer, pixels, requests, seconds, self.stop)

    def close(self):
        self.network = None
