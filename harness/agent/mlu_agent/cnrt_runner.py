"""An offline model on the card: what is loaded once (CnrtModel), and what each thread has for itself (CnrtContext)."""

import ctypes
import threading
import time

import numpy as np

from .anchors import count_anchors
from .cnrt_codes import DATA_TYPES, DEVICE_TO_HOST, HOST_TO_DEVICE
from .errors import BadRequest, DeviceError
from .offline_input import InputLayout
from .offline_magic import check_magic
from .offline_output import OutputLayout
from .releases import Releases

# The function of a model, as torch_mlu 1.3 names it.
SUBNET = b"subnet0"
CREATE, FORK = "cnrtCreateRuntimeContext", "cnrtForkRuntimeContext"
OUTPUT_TYPES = {"FLOAT32": np.float32, "FLOAT16": np.float16}


class CnrtModel(object):
    """
    library: a Cnrt; path: of a .cambricon file; device: its ordinal. `parallelism` is how many cores one inference takes; `contexts` has one
    CnrtContext for each of the asked; `further_contexts` is the call that made those after the first, or None; `warnings` are sentences. Raises
    BadFile, BadRequest and DeviceError; whatever was taken by then is given back.
    """

    def __init__(self, library, path, device=0, contexts=1, classes=None):
        check_magic(path)
        self.library = library
        self._thread = threading.local()
        self._releases = Releases()
        self.warnings = []
        try:
            self._open(path, device, contexts, classes)
        except BaseException:
            self._releases.close_after()
            raise

    def _open(self, path, device, contexts, classes):
        call, take = self.library.call, self._releases.add
        self.library.initialise()
        count = ctypes.c_uint(0)
        call("cnrtGetDeviceCount", ctypes.byref(count))
        if not 0 <= device < count.value:
            raise BadRequest("there is no card {} among the {} here: give --device 0 to {}".format(device, count.value, count.value - 1))
        self._device_handle = ctypes.c_uint64(0)
        call("cnrtGetDeviceHandle", ctypes.byref(self._device_handle), device)
        self.set_device()
        self.card = self.library.device_info(device)
        model = ctypes.c_void_p()
        call("cnrtLoadModel", ctypes.byref(model), path.encode("utf-8", "surrogateescape"))
        take(call, "cnrtUnloadModel", model)
        parallelism = ctypes.c_int(0)
        call("cnrtQueryModelParallelism", model, ctypes.byref(parallelism))
        self.parallelism = parallelism.value
        function = ctypes.c_void_p()
        call("cnrtCreateFunction", ctypes.byref(function))
        take(call, "cnrtDestroyFunction", function)
        call("cnrtExtractFunction", ctypes.byref(function), model, SUBNET)
        self._function, self._device = function, device
        self.contexts = []
        self.further_contexts = None
        self._forks = self.library.has(FORK) and (self.card or {}).get("coreVersion") != "MLU220"
        self.input = self.output = None
        self._classes = classes
        for _ in range(contexts):
            self.contexts.append(CnrtContext(self, self._releases))

    def set_device(self):
        """CNRT keeps the current card for each thread: the first thing that a thread does."""
        if not hasattr(self._thread, "has_device"):
            self.library.call("cnrtSetCurrentDevice", self._device_handle)
            self._thread.has_device = True

    def make_context(self, releases):
        """
        A handle, initialised: forked from the first where the library and the card can. cnrt.h has the fork for the MLU270 alone, and does not say
        what it returns elsewhere: whatever that is, contexts are made one by one from then on.
        """
        if self.contexts and self._forks:
            try:
                context = self._fork(releases)
                self.further_contexts = FORK
                return context
            except DeviceError as error:
                self._forks = False
                self.warnings.append("further contexts were made one by one, since {}".format(error))
        if self.contexts:
            self.further_contexts = CREATE
        call, context = self.library.call, ctypes.c_void_p()
        call(CREATE, ctypes.byref(context), self._function, None)
        releases.add(call, "cnrtDestroyRuntimeContext", context)
        call("cnrtSetRuntimeContextDeviceId", context, self._device)
        call("cnrtInitRuntimeContext", context, None)
        return context

    def _fork(self, releases):
        context = ctypes.c_void_p()
        self.library.call(FORK, ctypes.byref(context), self.contexts[0].handle, None)
        releases.add(self.library.call, "cnrtDestroyRuntimeContext", context)
        return context

    def read_tensors(self):
        """Sets `input` and `output`. Raises DeviceError for other tensors than a YOLOX model has."""
        if self.output is not None:
            return
        dims, data_type, self.input_bytes = self._read_tensor("Input")
        self.input = InputLayout(dims, data_type)
        dims, self.output_type, self.output_bytes = self._read_tensor("Output")
        if self.output_type not in OUTPUT_TYPES:
            raise DeviceError("the model's output is {}, which the agent cannot read: export it with FLOAT32 or FLOAT16".format(self.output_type))
        self.output = OutputLayout(dims, self.input.batch, count_anchors(self.input.size), self._classes)
        for kind, extents, size, item in (
            ("input", self.input.dims, self.input_bytes, self.input.allocate().itemsize),
            ("output", self.output.dims, self.output_bytes, np.dtype(OUTPUT_TYPES[self.output_type]).itemsize),
        ):
            count = 1
            for extent in extents:
                count *= extent
            if count * item != size:
                raise DeviceError(
                    "the model's {} {} takes {} bytes, not {}: it is padded in a way the agent does not know, export it for another size".format(
                        kind, " ".join(str(extent) for extent in extents), size, count * item
                    )
                )

    def _read_tensor(self, kind):
        """kind: "Input" or "Output". (dims, name of the type, bytes) of the only one."""
        call, number = self.library.call, ctypes.c_int(0)
        sizes, types, dims = ctypes.POINTER(ctypes.c_int64)(), ctypes.POINTER(ctypes.c_int)(), ctypes.POINTER(ctypes.c_int)()
        call("cnrtGet{}DataSize".format(kind), ctypes.byref(sizes), ctypes.byref(number), self._function)
        if number.value != 1:
            raise DeviceError("the model has {} tensors as {}, not one: export YOLOX with one".format(number.value, kind.lower()))
        size = sizes[0]
        call("cnrtGet{}DataType".format(kind), ctypes.byref(types), ctypes.byref(number), self._function)
        code = types[0]
        # Whose memory dims is differs between versions of cnrt.h; some tens of bytes are left to the library rather than freed twice.
        call("cnrtGet{}DataShape".format(kind), ctypes.byref(dims), ctypes.byref(number), 0, self._function)
        return dims[: number.value], DATA_TYPES.get(code, "of type {:#x}".format(code)), size

    def close(self):
        self._releases.close()


class CnrtContext(object):
    """One context with its queue, its notifiers and its memory on the card. For one thread at a time."""

    def __init__(self, model, releases):
        self._model, self._library = model, model.library
        call, names = self._library.call, self._library.names
        self.handle = model.make_context(releases)
        self._queue = ctypes.c_void_p()
        call(names["queue"], *self._of_context("queue", self._queue))
        releases.add(call, "cnrtDestroyQueue", self._queue)
        model.read_tensors()
        self._input = self._malloc(model.input_bytes, releases)
        self._output = self._malloc(model.output_bytes, releases)
        self._params = (ctypes.c_void_p * 2)(self._input, self._output)
        self._notifiers = []
        for _ in range(2):
            notifier = ctypes.c_void_p()
            call(names["notifier"], *self._of_context("notifier", notifier))
            releases.add(call, "cnrtDestroyNotifier", ctypes.pointer(notifier))
            self._notifiers.append(notifier)
        self._pending = False
        releases.add(self._settle)
        self._host_input = model.input.allocate()
        self._host_output = np.empty(model.output.dims, OUTPUT_TYPES[model.output_type])
        self.parts_ms = None

    def _of_context(self, role, made):
        in_context = "RuntimeContext" in self._library.names[role]
        return ((self.handle,) if in_context else ()) + (ctypes.byref(made),)

    def _malloc(self, size, releases):
        address = ctypes.c_void_p()
        self._library.call("cnrtMalloc", ctypes.byref(address), size)
        releases.add(self._library.call, "cnrtFree", address)
        return address.value

    def _settle(self):
        """After a failure in the middle of an inference: the card may still be working with what is about to be freed."""
        if self._pending:
            self._pending = False
            self._library.call("cnrtSyncQueue", self._queue)

    def _invoke(self):
        name = self._library.names["invoke"]
        # V2's descriptors, where NULL, are the model's own.
        before = (None,) if name.endswith("_V2") else ()
        self._library.call(name, *((self.handle,) + before + (self._params, self._queue, None)))

    def infer(self, pixels):
        """
        pixels: float32 [batch, 3, height, width]. Returns (a new float32 [batch, anchors, 5 + classes], host ms, device ms): host time is from pixels
        to outputs in host memory, `parts_ms` its parts; device time is between the notifiers round the invocation.
        """
        model, call = self._model, self._library.call
        model.input.check(pixels)
        model.set_device()
        times = [time.perf_counter()]
        model.input.fill(self._host_input, pixels)
        times.append(time.perf_counter())
        call("cnrtMemcpy", self._input, self._host_input.ctypes.data, model.input_bytes, HOST_TO_DEVICE)
        times.append(time.perf_counter())
        self._pending = True
        call("cnrtPlaceNotifier", self._notifiers[0], self._queue)
        self._invoke()
        call("cnrtPlaceNotifier", self._notifiers[1], self._queue)
        call("cnrtSyncQueue", self._queue)
        self._pending = False
        times.append(time.perf_counter())
        device_us = ctypes.c_float(0)
        call("cnrtNotifierDuration", self._notifiers[0], self._notifiers[1], ctypes.byref(device_us))
        call("cnrtMemcpy", self._host_output.ctypes.data, self._output, model.output_bytes, DEVICE_TO_HOST)
        times.append(time.perf_counter())
        output = model.output.convert(self._host_output)
        times.append(time.perf_counter())
        names = ("layoutIn", "copyIn", "invoke", "copyOut", "layoutOut")
        self.parts_ms = {name: 1e3 * (times[i + 1] - times[i]) for i, name in enumerate(names)}
        return output, 1e3 * (times[-1] - times[0]), device_us.value / 1e3
