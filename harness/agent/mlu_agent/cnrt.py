"""libcnrt of CNRT 4 through ctypes: signatures as cnrt.h has them, every return code checked."""

import atexit
import ctypes
import os
import struct
import sys
from ctypes import POINTER, c_char_p, c_float, c_int, c_int64, c_size_t, c_uint, c_uint64, c_void_p

from .cnrt_codes import CORE_VERSIONS, SUCCESS, describe_code
from .errors import DeviceError, NotAvailable

# CNRT_LIBRARY goes before them all. The loader's own places come first: a container sets LD_LIBRARY_PATH for its own library.
USUAL_PLACES = ("libcnrt.so", "/usr/local/neuware/lib64/libcnrt.so", "/usr/local/neuware/lib/libcnrt.so")

_HANDLE, _OUT = c_void_p, POINTER(c_void_p)
_INTS = POINTER(c_int)

SIGNATURES = {
    "cnrtInit": (c_uint,),
    "cnrtGetDeviceCount": (POINTER(c_uint),),
    "cnrtGetDeviceHandle": (POINTER(c_uint64), c_int),
    "cnrtSetCurrentDevice": (c_uint64,),
    "cnrtLoadModel": (_OUT, c_char_p),
    "cnrtUnloadModel": (_HANDLE,),
    "cnrtQueryModelParallelism": (_HANDLE, _INTS),
    "cnrtCreateFunction": (_OUT,),
    "cnrtExtractFunction": (_OUT, _HANDLE, c_char_p),
    "cnrtDestroyFunction": (_HANDLE,),
    "cnrtCreateRuntimeContext": (_OUT, _HANDLE, c_void_p),
    "cnrtSetRuntimeContextDeviceId": (_HANDLE, c_int),
    "cnrtInitRuntimeContext": (_HANDLE, c_void_p),
    "cnrtDestroyRuntimeContext": (_HANDLE,),
    "cnrtDestroyQueue": (_HANDLE,),
    "cnrtSyncQueue": (_HANDLE,),
    "cnrtGetInputDataSize": (POINTER(POINTER(c_int64)), _INTS, _HANDLE),
    "cnrtGetOutputDataSize": (POINTER(POINTER(c_int64)), _INTS, _HANDLE),
    "cnrtGetInputDataType": (POINTER(_INTS), _INTS, _HANDLE),
    "cnrtGetOutputDataType": (POINTER(_INTS), _INTS, _HANDLE),
    "cnrtGetInputDataShape": (POINTER(_INTS), _INTS, c_int, _HANDLE),
    "cnrtGetOutputDataShape": (POINTER(_INTS), _INTS, c_int, _HANDLE),
    "cnrtMalloc": (_OUT, c_size_t),
    "cnrtFree": (c_void_p,),
    "cnrtMemcpy": (c_void_p, c_void_p, c_size_t, c_int),
    "cnrtDestroyNotifier": (_OUT,),  # unlike the others it takes the handle's address
    "cnrtPlaceNotifier": (_HANDLE, _HANDLE),
    "cnrtNotifierDuration": (_HANDLE, _HANDLE, POINTER(c_float)),
}

# Of these a library has one or the other, or both: the first that it exports is used.
ALTERNATIVES = {
    "invoke": (
        ("cnrtInvokeRuntimeContext", (_HANDLE, _OUT, _HANDLE, c_void_p)),
        ("cnrtInvokeRuntimeContext_V2", (_HANDLE, c_void_p, _OUT, _HANDLE, c_void_p)),
    ),
    "queue": (("cnrtRuntimeContextCreateQueue", (_HANDLE, _OUT)), ("cnrtCreateQueue", (_OUT,))),
    "notifier": (("cnrtRuntimeContextCreateNotifier", (_HANDLE, _OUT)), ("cnrtCreateNotifier", (_OUT,))),
}

# Used where they are there.
OPTIONAL = {
    "cnrtForkRuntimeContext": (_OUT, _HANDLE, c_void_p),
    "cnrtGetDeviceInfo": (c_void_p, c_int),
}


# The library that this process has called cnrtInit of.
_initialised = []


def _destroy_at_exit():
    if "torch_mlu" not in sys.modules:
        _initialised[0].destroy()


class Cnrt(object):
    """
    A loaded library. `call(name, …)` makes a call and raises DeviceError where it does not return CNRT_RET_SUCCESS; ctypes lets other threads of
    Python run meanwhile. `names` says which of the alternatives there are: {"invoke", "queue", "notifier"} -> a call's name.
    """

    def __init__(self, library, path):
        self._library = library
        self.path = path
        self._functions = {}
        missing = [name for name in sorted(SIGNATURES) if not self._define(name, SIGNATURES[name])]
        self.names = {}
        for role, choices in ALTERNATIVES.items():
            found = [name for name, arguments in choices if self._define(name, arguments)]
            if found:
                self.names[role] = found[0]
            else:
                missing.append(" or ".join(name for name, _ in choices))
        if missing:
            raise NotAvailable(
                "cannot run offline models with {}: it has no {} (CNRT 5 and later no longer run them); set CNRT_LIBRARY to the libcnrt.so of "
                "CNRT 4".format(path, ", ".join(missing))
            )
        for name, arguments in OPTIONAL.items():
            self._define(name, arguments)
        library.cnrtDestroy.argtypes = ()
        library.cnrtDestroy.restype = None

    def _define(self, name, arguments):
        function = getattr(self._library, name, None)
        if function is None:
            return False
        function.argtypes = arguments
        function.restype = c_int
        self._functions[name] = function
        return True

    def has(self, name):
        return name in self._functions

    def call(self, name, *arguments):
        code = self._functions[name](*arguments)
        if code != SUCCESS:
            text, advice = describe_code(name, code)
            raise DeviceError("{} failed with {} ({}): {}".format(name, code, text, advice))

    def initialise(self):
        """
        cnrtInit, once in a process: whether a library takes it again after cnrtDestroy is not known. cnrtDestroy comes at the end of the process,
        and not at all where torch_mlu lives on the same runtime.
        """
        if not _initialised:
            self.call("cnrtInit", 0)
            _initialised.append(self)
            atexit.register(_destroy_at_exit)

    def abandon(self):
        """For a thread that hangs in the library: the driver frees what it has when the process ends."""
        atexit.unregister(_destroy_at_exit)

    def destroy(self):
        self._library.cnrtDestroy()

    def version(self):
        """"4.3.0" as cnrtGetLibVersion or cnrtGetVersion says, or None where the library has neither."""
        library = self._library
        if hasattr(library, "cnrtGetLibVersion"):
            numbers = [c_int(0) for _ in range(3)]
            library.cnrtGetLibVersion.restype = None
            library.cnrtGetLibVersion(*[ctypes.byref(number) for number in numbers])
            return ".".join(str(number.value) for number in numbers)
        if hasattr(library, "cnrtGetVersion"):
            number = c_uint(0)
            if library.cnrtGetVersion(ctypes.byref(number)) == SUCCESS:
                # cnrt.h: major * 10000 + minor * 100 + patch
                return "{}.{}.{}".format(number.value // 10000, number.value // 100 % 100, number.value % 100)
        return None

    def device_info(self, ordinal):
        """{"name", "coreVersion", "cores"} of a card, or None where the library does not tell. Once cnrtInit was called."""
        # cnrtDeviceInfo_t: char[64], then two ints; room for what a later version may have behind them.
        info = ctypes.create_string_buffer(4096)
        if not self.has("cnrtGetDeviceInfo") or self._functions["cnrtGetDeviceInfo"](info, ordinal) != SUCCESS:
            return None
        version, cores = struct.unpack_from("=ii", info.raw, 64)
        name = info.raw[:64].split(b"\0")[0].decode("utf-8", "replace")
        return {"name": name, "coreVersion": CORE_VERSIONS.get(version), "cores": cores}

    def stand_in(self):
        """The sentence in which the library says that it is none of the vendor's, or None."""
        if not hasattr(self._library, "mluParityStandIn"):
            return None
        self._library.mluParityStandIn.restype = c_char_p
        return self._library.mluParityStandIn().decode("utf-8", "replace")


def load_cnrt():
    """The library of CNRT_LIBRARY, or of the usual places. Raises NotAvailable where there is none, or none that runs offline models."""
    named = os.environ.get("CNRT_LIBRARY")
    reasons = []
    for place in [named] if named else USUAL_PLACES:
        try:
            return Cnrt(ctypes.CDLL(place), place)
        except OSError as error:
            reasons.append(str(error))
    raise NotAvailable(
        "cannot load libcnrt ({}): run the agent in the vendor's container, or set CNRT_LIBRARY to the path of libcnrt.so".format("; ".join(reasons))
    )
