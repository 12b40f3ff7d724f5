"""What a recording has done so far: one JSON line for each piece, so that one that was killed goes on where it was."""

import fcntl
import json
import os

from .errors import BadRequest

JOURNAL = "journal.jsonl"
_OF_CORE = {"backend": str, "coreNumber": int}
_OF_FILE = {"file": str, "sha256": str}
# What each type of line must have for those who go on with it.
_ENTRIES = {
    "started": {"at": str},
    "image": dict(_OF_FILE, backend=str, id=int),
    "session": dict(_OF_CORE, description=dict),
    "model": dict(_OF_CORE, precision=str, warnings=list, **_OF_FILE),
    "no-model": _OF_CORE,
    "latency": dict(_OF_CORE, **_OF_FILE),
}


class Journal(object):
    """
    Lines of `backend` and one of

    image:   id, file, sha256, deviceMs
    session: coreNumber and the session's description; the last one counts
    model:   coreNumber, file, sha256, precision and warnings of one that was exported
    no-model: coreNumber; the model is gone, and whatever it gave does not count any more
    latency: coreNumber, file, sha256 (of one output), hostMs, deviceMs, wallSeconds, sameOutputs

    and of the whole `started` (an ISO time). Each line stands on those before it, as outputs on the session that gave them: from
    the first that is damaged on they are cut off, as is a last one without its end, which a kill leaves. The file is locked for
    as long as it is open: two recordings in one folder would write over each other.
    """

    def __init__(self, folder, scoring_core, tell):
        """tell: called with a sentence where a line is damaged. Raises BadRequest where another process records into the folder, OSError."""
        self._scoring_core = scoring_core
        self.started = None
        self.images = {}
        self.sessions = {}
        self.models = {}
        self.latency = {}
        self._file = open(os.path.join(folder, JOURNAL), "a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise BadRequest("cannot record into {}: another recording is writing there; wait for it to end".format(folder))
        self._file.seek(0)
        content = self._file.read()
        lines = content[: content.rfind(b"\n") + 1].split(b"\n")[:-1]
        end = 0
        for number, line in enumerate(lines, 1):
            entry = _parse(line)
            if entry is None:
                tell("{} is damaged at line {} of {}: what is told from there on is made again".format(JOURNAL, number, len(lines)))
                break
            self._take(entry)
            end += len(line) + 1
        if end < len(content):
            self._file.truncate(end)

    def add(self, entry):
        """Written and flushed at once: what was added outlives the process."""
        self._file.write((json.dumps(entry, sort_keys=True) + "\n").encode("utf-8"))
        self._file.flush()
        self._take(entry)

    def close(self):
        self._file.close()

    def _take(self, entry):
        kind = entry["type"]
        backend, core = entry.get("backend"), entry.get("coreNumber")
        if kind == "started":
            self.started = self.started or entry["at"]
        elif kind == "image":
            self.images.setdefault(backend, {})[entry["id"]] = entry
        elif kind == "session":
            self.sessions[(backend, core)] = entry["description"]
        elif kind == "latency":
            self.latency[(backend, core)] = entry
        elif kind == "model":
            self.models[(backend, core)] = entry
        elif kind == "no-model":
            self.models.pop((backend, core), None)
            self.latency.pop((backend, core), None)
            self.sessions.pop((backend, core), None)
            if core == self._scoring_core:
                self.images.pop(backend, None)


def _parse(line):
    """None for a line that is damaged."""
    try:
        entry = json.loads(line.decode("utf-8"))
        fields = _ENTRIES[entry["type"]]
        fits = all(isinstance(entry[name], kind) for name, kind in fields.items())
    # Whatever it is, it is none of these lines.
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return entry if fits else None
