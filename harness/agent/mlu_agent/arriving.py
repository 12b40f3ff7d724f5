import hashlib
import os
import shutil
import tempfile

# Of a file that an export wrote beside its model.
TWINS = "_twins"


class Arriving(object):
    """A file on its way: hashed as it comes."""

    def __init__(self, incoming, name):
        self.folder = tempfile.mkdtemp(dir=incoming)
        safe = os.path.basename(name).lstrip(".") or "file"
        # A name of 255 bytes is what file systems take; `_twins` is kept for what an export gives.
        safe = safe.encode("ascii", "replace").decode().replace("?", "_").replace(TWINS, "-twins")[-200:]
        self._path = os.path.join(self.folder, safe)
        self._stream = open(self._path + ".part", "wb")
        self._hash = hashlib.sha256()
        self.received = 0
        self.closed = False

    def add(self, part):
        try:
            self._stream.write(part)
        except OSError:
            self.closed = True
            raise
        self._hash.update(part)
        self.received += len(part)

    def finish(self):
        self.closed = True
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        os.replace(self._path + ".part", self._path)
        return self._hash.hexdigest()

    def discard(self):
        try:
            self._stream.close()
        except OSError:
            pass  # A full disk takes the rest of the buffer neither.
        shutil.rmtree(self.folder, ignore_errors=True)
