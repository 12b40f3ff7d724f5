"""The methods of PROTOCOL.md, carried out one at a time in the main thread."""

import collections
import hashlib

from . import VERSION, npy, params, sessions
from .decode_forms import DECODES
from .errors import BadRequest
from .official_files import source_hash
from .torch_mlu_library import MAX_BATCH

_KEPT_INPUTS = 4
_BATCH = params.integer(1, MAX_BATCH)
_CORES = params.integer(1, 1024)

# Of the keyword arguments that `sessions.py` lists: parameter, keyword, check. A file is a hash here and becomes a path.
_SESSION_PARAMS = {
    "float": (
        ("size", "size", params.size),
        ("decode", "decode", params.choice(*DECODES)),
    ),
    "online": (
        ("size", "size", params.size),
        ("batch", "batch", _BATCH),
        ("coreNumber", "core_number", _CORES),
        ("coreVersion", "core_version", params.text),
        ("inputFormat", "input_format", params.integer(0, 3)),
        ("decode", "decode", params.choice(*DECODES)),
    ),
    "offline": (
        ("size", "size", params.size),
        ("batch", "batch", _BATCH),
        ("classes", "classes", params.integer(1, 100000)),
        ("contexts", "contexts", params.integer(1, 1024)),
    ),
}
_SESSION_FILES = {"float": "checkpoint", "online": "checkpoint", "offline": "model"}


class Requests(object):
    """
    store: a Store; machine: keyword arguments that this machine's command line gives and no request can ("yolox", "device");
    libraries: what is known of those that an export is made with, in whatever form JSON can hold.
    """

    def __init__(self, store, machine, libraries):
        self._store = store
        self._machine = machine
        self._libraries = libraries
        self._session = None
        self._options = None
        self._inputs = collections.OrderedDict()
        self._methods = {
            "info": self._info,
            "has-file": self._has_file,
            "put-file": self._put_file,
            "export-offline": self._export_offline,
            "open": self._open,
            "infer": self._infer,
            "measure": self._measure,
            "close": self._close,
            "exit": self._close,
        }

    def carry_out(self, method, values, payloads, progress):
        """
        Returns (result, payloads to send with it). progress: called with (done, total or None, text).
        Raises AgentError, or anything else that is a defect.
        """
        if not isinstance(method, str) or method not in self._methods:
            raise BadRequest("there is no method {!r:.80}: give {}".format(method, ", ".join(sorted(self._methods))))
        checked = params.Params(method, values)
        answer = self._methods[method](checked, payloads, progress)
        return answer if isinstance(answer, tuple) else (answer, ())

    def _info(self, given, _payloads, _progress):
        given.end()
        return machine_info()

    def _has_file(self, given, _payloads, _progress):
        sha256 = given.take("sha256", params.sha256)
        given.end()
        return {"present": self._store.path_of(sha256) is not None}

    def _put_file(self, given, payloads, _progress):
        sha256 = given.take("sha256", params.sha256)
        name = given.take("name", params.text)
        offset = given.take("offset", params.integer(0, 2**50))
        total = given.take("total", params.integer(0, 2**50))
        given.end()
        if "part" not in payloads:
            raise BadRequest("cannot put-file: the payload `part` is missing")
        return self._store.receive(sha256, name, offset, total, payloads["part"])

    def _export_offline(self, given, _payloads, progress):
        sha256 = given.take("checkpoint", params.sha256)
        options = {
            "size": given.take("size", params.size),
            "batch": given.take("batch", _BATCH),
            "core_number": given.take("coreNumber", _CORES),
            "core_version": given.take("coreVersion", params.text),
            "input_format": given.take("inputFormat", params.integer(0, 3)),
        }
        given.end()
        checkpoint = self._store.existing(sha256)

        def make(folder):
            from . import export_offline
            progress(0, None, "exporting for core number {core_number} of {core_version}, batch {batch}".format(**options))
            return export_offline.export(checkpoint, folder + "/model.cambricon", **dict(options, **self._machine))

        # Another library of the vendor's, source of the network, or agent may make another model of the same checkpoint.
        yolox = self._machine["yolox"]
        source = yolox and source_hash(yolox)
        key = dict(options, checkpoint=sha256, agent=VERSION, source=source, libraries=self._libraries)
        return self._store.export(key, make)

    def _open(self, given, _payloads, _progress):
        kind = given.take("kind", params.choice(*sorted(_SESSION_PARAMS)))
        file_param = _SESSION_FILES[kind]
        sha256 = given.take(file_param, params.sha256)
        options = {keyword: given.take(name, check) for name, keyword, check in _SESSION_PARAMS[kind]}
        given.end()
        if self._session:
            raise BadRequest("cannot open: there is a session already; close it")
        options[file_param] = self._store.existing(sha256)
        if kind != "offline":
            options["yolox"] = self._machine["yolox"]
        if kind != "float":
            options["device"] = self._machine["device"]
        session = sessions.open_session(kind, **options)
        self._session = session
        self._options = options
        return session.describe()

    def _infer(self, given, payloads, _progress):
        session = self._opened("infer")
        sha256 = given.take("input", params.sha256)
        known = given.take("knownOutput", params.sha256, None)
        given.end()
        output, host_ms, device_ms = session.infer(self._input("infer", sha256, payloads))
        data = npy.encode(output)
        digest = hashlib.sha256(data).hexdigest()
        result = {"hostMs": host_ms, "deviceMs": device_ms, "output": digest}
        return result, [] if digest == known else [("output", data)]

    def _measure(self, given, payloads, _progress):
        session = self._opened("measure")
        sha256 = given.take("input", params.sha256)
        requests = given.take("requests", params.integer(1, 10**6))
        seconds = given.take("seconds", params.seconds)
        contexts = given.take("contexts", params.integer(1, 1024))
        given.end()
        return session.measure(self._input("measure", sha256, payloads), requests, seconds, contexts)

    def _close(self, given, _payloads, _progress):
        given.end()
        session, self._session = self._session, None
        self._inputs.clear()
        if session:
            session.close()
        return {}

    def _opened(self, method):
        if not self._session:
            raise BadRequest("cannot {}: no session is open".format(method))
        return self._session

    def _input(self, method, sha256, payloads):
        """float32 NCHW of the payload, or of one of the last four inputs; the one asked for last is kept longest."""
        if "input" in payloads:
            data = payloads["input"]
            if hashlib.sha256(data).hexdigest() != sha256:
                raise BadRequest("cannot {}: the payload `input` has another SHA-256 than {}...".format(method, sha256[:12]))
            pixels = npy.decode(data, "the payload `input`")
            self._check_shape(method, list(pixels.shape))
            self._inputs[sha256] = pixels
        elif sha256 not in self._inputs:
            raise BadRequest("cannot {}: the input {}... is none of the last {}; send it along".format(
                method, sha256[:12], _KEPT_INPUTS))
        self._inputs.move_to_end(sha256)
        while len(self._inputs) > _KEPT_INPUTS:
            self._inputs.popitem(last=False)
        return self._inputs[sha256]

    def _check_shape(self, method, shape):
        batch = self._options.get("batch")
        if len(shape) != 4 or shape[0] < 1 or shape[0] != (batch or shape[0]) or shape[1:] != [3] + self._options["size"]:
            wanted = ", ".join(str(extent) for extent in [batch or "batch", 3] + self._options["size"])
            raise BadRequest("cannot {} on an input {}: the session wants [{}]".format(method, shape, wanted))


def machine_info():
    from . import info
    return info.info()
