"""`serve`: answers a harness over stdin and stdout. See PROTOCOL.md."""

import os
import queue
import signal
import sys
import threading
import traceback

from . import VERSION, companion, frames
from .errors import AgentError

PROTOCOL = 1
# Of `info`: the version of torch_mlu alone may not be told.
COMPILERS = ("torch", "torchMlu", "cnrt")
_GARBLED = 3
# One request at a time is agreed; this many waiting means that the other side is no harness.
_MAX_WAITING = 16


def add_arguments(parser):
    parser.add_argument("--work", metavar="DIR",
                        help="folder for the files of the harness (default: $MLU_PARITY_WORK, or ~/.cache/mlu-parity-agent)")
    parser.add_argument("--yolox", metavar="REPO",
                        help="official checkout of YOLOX to build networks from (default: the agent's own layers)")
    parser.add_argument("--device", metavar="N", type=int, default=0, help="ordinal of the card (default: 0)")


def run(args):
    # By the system, and not by handlers of Python's, which wait for the main thread to come back from whatever library it is in.
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, signal.SIG_DFL)
    source, target = _take_connection()
    turn = companion.Turn()
    companion.start(source, target, turn)
    waiting = queue.Queue()
    threading.Thread(target=_read, args=(source, waiting), daemon=True).start()
    # Not before: what is imported here may print.
    from .requests import Requests, machine_info
    from .store import Store, work_folder
    store = Store(work_folder(args.work))
    info = machine_info()
    requests = Requests(store, {"yolox": args.yolox, "device": args.device}, {name: info[name] for name in COMPILERS})
    frames.write_all(target, frames.encode({"type": "hello", "protocol": PROTOCOL, "agent": VERSION, "info": info}))
    turn.give()
    while True:
        head, payloads = waiting.get()
        _answer(requests, head, payloads, _Sender(target, turn, head["id"]))
        if head.get("method") == "exit":
            # At once: threads of a vendor's library may never let the interpreter end.
            os._exit(0)


def _take_connection():
    """The two ends of the connection, out of reach of whatever else reads stdin and prints to stdout, by Python or by C."""
    source, target = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return source, target


def _read(source, waiting):
    """Hands over the requests as they come, and ends the process when there will be no more."""
    stream = os.fdopen(source, "rb", buffering=2**16)
    try:
        while True:
            frame = frames.read(stream)
            if frame is None:
                os._exit(0)
            head = frame[0]
            if head.get("type") != "request" or type(head.get("id")) is not int or waiting.qsize() >= _MAX_WAITING:
                raise frames.FrameError("it is no request that can be answered")
            waiting.put(frame)
    except Exception as error:
        # Not by way of sys.stderr, whose lock the main thread may hold.
        os.write(2, "agent: cannot understand a frame of the harness: {}\n".format(error).encode("utf-8", "replace"))
        os._exit(_GARBLED)


class _Sender(object):
    """Frames of one request."""

    def __init__(self, target, turn, request_id):
        self._target = target
        self._turn = turn
        self._id = request_id

    def send(self, head, payloads=()):
        pieces = frames.encode(dict(head, id=self._id), payloads)
        self._turn.take()
        try:
            frames.write_all(self._target, pieces)
        except OSError:
            # Nobody listens any more; the end of stdin is on its way.
            os._exit(0)
        self._turn.give()

    def progress(self, done, total, text):
        self.send({"type": "progress", "done": done, "total": total, "text": text})


def _answer(requests, head, payloads, sender):
    try:
        result, sent = requests.carry_out(head.get("method"), head.get("params", {}), payloads, sender.progress)
        sender.send({"type": "result", "result": result}, sent)
    except AgentError as error:
        _tell(sender, error.kind, str(error))
    # A library that calls sys.exit ends no agent.
    except BaseException as error:
        _tell(sender, AgentError.kind, "{}: {}".format(type(error).__name__, error))


def _tell(sender, kind, message):
    sender.send({"type": "error", "kind": kind, "message": message[:4000], "traceback": traceback.format_exc()[-20000:]})
