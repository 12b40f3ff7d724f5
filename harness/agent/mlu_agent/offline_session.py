"""The session of an offline model: CNRT alone, no PyTorch."""

import os
import threading
import time

from .cnrt import load_cnrt
from .cnrt_runner import CnrtModel
from .errors import BadRequest, DeviceError
from .same_bits import same_bits
from .sessions import Session

# How long a measurement that was interrupted waits for inferences under way.
PATIENCE_SECONDS = 2.0


class OfflineSession(Session):
    """
    model: path of a .cambricon file; size [height, width] and batch: what it is to have been exported for, None for whatever it was; classes: None
    to take the output's; contexts: how many inferences can run at the same time, each in a thread; device: ordinal of the card.
    """

    def __init__(self, model, size=None, batch=None, classes=None, contexts=1, device=0, **unknown):
        if unknown:
            raise BadRequest("a session of an offline model has no {}: leave it out".format(", ".join(sorted(unknown))))
        for name, value, least in (("contexts", contexts, 1), ("device", device, 0), ("batch", batch, 1), ("classes", classes, 1)):
            if not (value is None and name in ("batch", "classes")) and not (type(value) is int and value >= least):
                raise BadRequest("{} is {!r}: give a whole number from {}".format(name, value, least))
        super(OfflineSession, self).__init__()
        self._stuck = False
        self._library = load_cnrt()
        self._model = CnrtModel(self._library, model, device, contexts, classes)
        exported = self._model.input
        if (size is not None and list(size) != exported.size) or (batch is not None and batch != exported.batch):
            self.close_after()
            raise BadRequest(
                "the model was exported for batch {} of {}, not batch {} of {}: give those, or export it again".format(
                    exported.batch, exported.size, exported.batch if batch is None else batch, exported.size if size is None else list(size)
                )
            )
        self.size, self.batch, self.path = exported.size, exported.batch, model

    def describe(self):
        model, library = self._model, self._library
        version = library.version()
        return {
            "device": (model.card or {}).get("coreVersion") or "MLU",
            # What the model's convolutions take is told by no call; its exporter knows.
            "precision": "as exported",
            "engine": "CNRT" if version is None else "CNRT " + version,
            "coreNumber": model.parallelism,
            "decoded": None,
            "standIn": library.stand_in(),
            "warnings": list(model.warnings),
            "details": {
                "model": os.path.basename(self.path),
                "library": library.path,
                "calls": dict(library.names, furtherContexts=model.further_contexts),
                "card": model.card,
                "contexts": len(model.contexts),
                "input": {"shape": list(model.input.dims), "type": model.input.data_type, "order": "NHWC"},
                "output": {"shape": list(model.output.dims), "type": model.output_type, "layout": model.output.name},
                "hostTime": "layout and type of the input, copy to the card, invocation, copy from the card, layout and type of the output",
                "deviceTime": "between notifiers round the invocation",
                "partsMs": model.contexts[0].parts_ms,
            },
        }

    def infer(self, pixels):
        return self._model.contexts[0].infer(pixels)

    def measure(self, pixels, requests, seconds, contexts):
        if not 1 <= contexts <= len(self._model.contexts):
            raise BadRequest("{} contexts cannot be measured, the session has {}: open it with more".format(contexts, len(self._model.contexts)))
        begin = threading.Barrier(contexts + 1)
        failed = threading.Event()
        series = [_Series(self._model.contexts[i], begin, (self.stop, failed)) for i in range(contexts)]
        threads = [threading.Thread(target=one.run, args=(pixels, requests, seconds), daemon=True) for one in series]
        try:
            for thread in threads:
                thread.start()
            begin.wait()
            for one in series:
                # In short turns, so that a signal is seen while a call hangs. Not by join, after whose interruption Python may take a thread
                # that runs for one that has ended (bpo-45274).
                while not one.done.wait(0.1):
                    pass
        except BaseException:
            self.stop.set()
            deadline = time.time() + PATIENCE_SECONDS
            self._stuck = not all([one.done.wait(max(0, deadline - time.time())) for one in series])
            if self._stuck:
                self._library.abandon()
            raise
        for one in series:
            if one.error is not None:
                raise one.error
        if self.stop.is_set():
            raise KeyboardInterrupt
        first = series[0].first
        comparing = series[0].comparing if contexts == 1 else 0.0
        return {
            "hostMs": [one.host_ms for one in series],
            "deviceMs": [one.device_ms for one in series],
            "wallSeconds": max(one.ended for one in series) - min(one.begun for one in series) - comparing,
            "sameOutputs": all(one.same and same_bits(one.first, first) for one in series),
        }

    def close(self):
        # What a thread still hangs in must not be freed under it; the driver frees it with the process.
        if self._stuck:
            raise DeviceError("the card does not answer: end this process, and see whether cnmon shows the card in order")
        self._model.close()


class _Series(object):
    """What one thread measures in its context."""

    def __init__(self, context, begin, ends):
        """ends: events, any of which ends the series before its time; the last is set where this one fails."""
        self._context, self._begin, self._ends = context, begin, ends
        self.host_ms, self.device_ms = [], []
        self.done = threading.Event()
        self.first = self.error = None
        self.same = True
        self.begun = self.ended = self.comparing = 0.0

    def run(self, pixels, requests, seconds):
        self._begin.wait()
        self.begun = time.perf_counter()
        try:
            for i in range(max(requests, 1)):
                if any(end.is_set() for end in self._ends) or (i and time.perf_counter() - self.begun >= seconds):
                    break
                output, host_ms, device_ms = self._context.infer(pixels)
                inferred = time.perf_counter()
                self.host_ms.append(host_ms)
                self.device_ms.append(device_ms)
                if self.first is None:
                    self.first = output
                self.same = self.same and same_bits(output, self.first)
                self.comparing += time.perf_counter() - inferred
        except Exception as error:  # It is raised again in the thread that measures.
            self.error = error
            self._ends[-1].set()
        finally:
            self.ended = time.perf_counter()
            self.done.set()
