"""Files by their SHA-256 in the agent's work folder: what the harness sent, and what was exported from it."""

import hashlib
import json
import os
import shutil
import tempfile
import time

from .arriving import TWINS, Arriving
from .errors import BadFile, BadRequest, NotAvailable
from .file_hash import sha256_of
from .whole_file import write_text

# Together; the files that nobody has asked for longest make room for new ones.
MAX_BYTES = 16 * 2**30
_FORGOTTEN_AFTER = 24 * 3600
_EXPORT = {"model": str, "name": str, "warnings": list}


def work_folder(given):
    """
    The folder given; else $MLU_PARITY_WORK; else ~/.cache/mlu-parity-agent; else, where that cannot be written, one in the
    temporary folder.
    Raises NotAvailable when one that was asked for cannot be written.
    """
    asked = given or os.environ.get("MLU_PARITY_WORK")
    if asked:
        return _writable(asked)
    try:
        return _writable(os.path.join(os.path.expanduser("~"), ".cache", "mlu-parity-agent"))
    except NotAvailable:
        # Of the user's own, by name and by right: nobody else may put models there.
        folder = _writable(os.path.join(tempfile.gettempdir(), "mlu-parity-agent-{}".format(os.getuid())))
        if os.stat(folder).st_uid != os.getuid() or os.path.islink(folder):
            raise NotAvailable("cannot use {} as the work folder: it is another user's; give one in MLU_PARITY_WORK or by the agent's --work".format(folder))
        return folder


def _writable(folder):
    folder = os.path.abspath(folder)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        raise NotAvailable("cannot write to the work folder {} ({}): give another in MLU_PARITY_WORK or by the agent's --work".format(folder, error.strerror))


class Store(object):
    """
    `files/HASH/` holds one file under the name it came with, and perhaps its twins. Such a folder is made beside, checked against
    its hash, and then renamed: it is there whole or not at all, however many agents share the folder, and whenever they end.
    """

    def __init__(self, folder, max_bytes=MAX_BYTES):
        self._files = os.path.join(folder, "files")
        self._incoming = os.path.join(folder, "incoming")
        self._exports = os.path.join(folder, "exports")
        self._max_bytes = max_bytes
        self._arriving = {}
        self._in_use = set()
        for each in (self._files, self._incoming, self._exports):
            os.makedirs(each, exist_ok=True)
        self._sweep()

    def path_of(self, sha256):
        """Path of the file with that hash, or None; one that was damaged since it came is taken away. Read through once in a process."""
        folder = os.path.join(self._files, sha256)
        try:
            names = [name for name in os.listdir(folder) if not name.endswith(TWINS)]
            os.utime(folder)
        except OSError:
            return None
        path = os.path.join(folder, names[0]) if names else None
        if path is None or sha256 in self._in_use:
            return path
        if sha256_of(path) != sha256:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        self._in_use.add(sha256)
        return path

    def existing(self, sha256):
        """As `path_of`; raises BadFile where there is none."""
        path = self.path_of(sha256)
        if path is None:
            raise BadFile("there is no file {}... in the agent's store: send it".format(sha256[:12]))
        return path

    def receive(self, sha256, name, offset, total, part):
        """
        The next part of a file; offset 0 begins it, again if need be. Returns {"received", "complete"}.
        Raises BadRequest for a part that does not follow the one before, BadFile where the hash is another at the end.
        """
        if total > self._max_bytes:
            raise BadRequest("cannot take a file of {} bytes: the store holds {}".format(total, self._max_bytes))
        if offset == 0:
            self._drop(sha256)
            self._make_room(total)
            self._arriving[sha256] = Arriving(self._incoming, name)
        arriving = self._arriving.get(sha256)
        received = arriving.received if arriving else 0
        if not arriving or offset != received or offset + len(part) > total:
            raise BadRequest("cannot take {} bytes at {} of {}: {} have arrived".format(len(part), offset, total, received))
        try:
            arriving.add(part)
            if arriving.received < total:
                return {"received": arriving.received, "complete": False}
            if arriving.finish() != sha256:
                raise BadFile("{} did not arrive as it was sent: its SHA-256 is another".format(name))
            self._settle(arriving.folder, sha256)
            return {"received": total, "complete": True}
        except OSError as error:
            raise NotAvailable("cannot keep {} in {} ({}): make room, or give another folder in MLU_PARITY_WORK or by the agent's --work".format(
                name, self._incoming, error.strerror))
        finally:
            if arriving.closed:
                self._drop(sha256)

    def export(self, key, make):
        """
        What `make(folder)` exports into an empty folder, or has exported for the same key before (anything JSON can hold).
        make: returns {"path", "twins", "warnings"}.
        Returns {"model" (SHA-256), "name", "cached", "warnings"}.
        """
        record = os.path.join(self._exports, hashlib.sha256(json.dumps(key, sort_keys=True).encode()).hexdigest() + ".json")
        known = _read_export(record)
        if known and self.path_of(known["model"]):
            return dict(known, cached=True)
        # What is kept goes into a folder of its own: whatever else the export left behind is none of the model's.
        folder, settled = tempfile.mkdtemp(dir=self._incoming), tempfile.mkdtemp(dir=self._incoming)
        try:
            made = make(folder)
            name = os.path.basename(made["path"])
            os.replace(made["path"], os.path.join(settled, name))
            if made["twins"]:
                os.replace(made["twins"], os.path.join(settled, name + TWINS))
            model = sha256_of(os.path.join(settled, name))
            self._settle(settled, model)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(settled, ignore_errors=True)
        entry = {"model": model, "name": name, "warnings": list(made["warnings"])}
        # Agents may share the folder: each writes under a name of its own.
        write_text(record, json.dumps(entry), "{}.{}.part".format(record, os.getpid()))
        return dict(entry, cached=False)

    def _settle(self, folder, sha256):
        # Another agent may have had it first, or the same export given the same bytes; one that was damaged makes room.
        if self.path_of(sha256) is None:
            try:
                os.rename(folder, os.path.join(self._files, sha256))
            except OSError:
                if self.path_of(sha256) is None:
                    raise
            self._in_use.add(sha256)

    def _drop(self, sha256):
        arriving = self._arriving.pop(sha256, None)
        if arriving:
            arriving.discard()

    def _make_room(self, wanted):
        held = []
        for name in os.listdir(self._files):
            folder = os.path.join(self._files, name)
            try:
                size = sum(os.path.getsize(os.path.join(folder, each)) for each in os.listdir(folder))
                held.append((os.path.getmtime(folder), size, name))
            except OSError:
                pass  # Another agent made room at the same time.
        total = sum(size for _, size, _ in held) + wanted
        for _, size, name in sorted(held):
            if total <= self._max_bytes:
                return
            if name not in self._in_use:
                shutil.rmtree(os.path.join(self._files, name), ignore_errors=True)
                total -= size

    def _sweep(self):
        """Takes away what agents left that were ended in the middle."""
        for name in os.listdir(self._incoming):
            path = os.path.join(self._incoming, name)
            try:
                if os.path.getmtime(path) < time.time() - _FORGOTTEN_AFTER:
                    shutil.rmtree(path, ignore_errors=True)
            except OSError:
                pass  # Another agent swept it away.


def _read_export(path):
    """What `export` wrote there, or None."""
    try:
        with open(path, "r", encoding="utf-8") as stream:
            known = json.load(stream)
    except (OSError, ValueError):
        return None
    whole = isinstance(known, dict) and all(isinstance(known.get(key), kind) for key, kind in _EXPORT.items())
    return known if whole else None
