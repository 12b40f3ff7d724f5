"""What the server and `record` open: one network, ready to run. The three kinds are one interface."""

import importlib
import threading

from .errors import AgentError, BadRequest

# kind: module, class
KINDS = {
    "float": ("float_session", "FloatSession"),
    "online": ("online_session", "OnlineSession"),
    "offline": ("offline_session", "OfflineSession"),
}


class Session(object):
    """
    Opened by its constructor with keyword arguments alone (unknown ones raise BadRequest):

    float:   checkpoint (path), size [height, width], decode ("none", "in-place", "concatenated", "fixed-grids"), yolox (path or None)
    online:  checkpoint (path of a quantised one), size, batch, core_number, core_version, input_format, device (ordinal), decode, yolox
    offline: model (path of a .cambricon), size, batch, classes, contexts (1), device

    `size` [height, width] and `batch` are those of its inputs. `stop`: an event; once it is set, a measurement begins no new inference and ends with
    KeyboardInterrupt. `with` closes it.
    """

    def __init__(self):
        self.stop = threading.Event()

    def describe(self):
        """
        A dict that JSON can hold: device ("CPU", "MLU270"), precision ("float32", "int16"), engine (names and versions), coreNumber (of one
        inference, as the device says it), decoded (bool; None where only the numbers can tell), standIn (None, or the sentence in which the
        library says that it is none of the vendor's), warnings (sentences: what the vendor's side left in doubt), details (whatever else there
        is to know, as shapes and types).
        """
        raise NotImplementedError

    def infer(self, pixels):
        """
        pixels: float32 NCHW [batch, 3, height, width]. Returns (output float32 [batch, anchors, 5 + classes], host_ms, device_ms or None): host
        time is from pixels in host memory to outputs in host memory; device time leaves out copies.
        """
        raise NotImplementedError

    def measure(self, pixels, requests, seconds, contexts):
        """
        `requests` inferences in each of `contexts` at the same time, no new one begun after `seconds`, at least one each. Returns a dict: hostMs and
        deviceMs (a list for each context; deviceMs None where the device cannot tell), wallSeconds, sameOutputs (every output bit-equal to the first).
        Of one context, wallSeconds leaves out what it took to compare its outputs; of several it does not, since the others go on meanwhile.
        Raises BadRequest for more contexts than the session can have.
        """
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def close_after(self):
        """For an error on its way: what fails while closing hides nothing of it."""
        try:
            self.close()
        except AgentError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self.close()
        else:
            self.close_after()


def open_session(kind, **options):
    if kind not in KINDS:
        raise BadRequest("there is no session of kind {!r}: give {}".format(kind, ", ".join(sorted(KINDS))))
    module, name = KINDS[kind]
    return getattr(importlib.import_module("mlu_agent." + module), name)(**options)
