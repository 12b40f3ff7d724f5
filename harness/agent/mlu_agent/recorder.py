"""Works through one backend of a plan: every input through a session, then the times at each core number."""

import os
import traceback

from . import sessions
from .bundle import BACKENDS, output_shape
from .errors import AgentError, DeviceError
from .file_hash import sha256_of
from .recorded_files import read_pixels, save_output
from .recorded_models import RecordedModels

# What has to stay the same in a recording that is gone on with: otherwise half of it is of something else.
SAME = ("device", "precision", "engine", "coreNumber", "decoded", "standIn")


class Recorder(object):
    """One backend of the plan. `name` is its own; `failures` are sentences, in the order they came."""

    def __init__(self, bundle, plan, backend, out, journal, options, progress, stop):
        """
        options: device (ordinal) and yolox (path or None). progress: step(text) says where it is, and ends what was interrupted by KeyboardInterrupt;
        line(text) is never left out. stop: an event that sessions are handed, to end what they are at.
        """
        self.name = backend["name"]
        self.failures = []
        self._bundle = bundle
        self._plan = plan
        self._backend = backend
        self._out = out
        self._journal = journal
        self._options = options
        self._progress = progress
        self._stop = stop
        self._seen = {}
        self._models = RecordedModels(bundle, plan, backend, out, journal, options, progress)

    def run(self):
        """Whatever fails is in `failures`; what was finished before is kept. KeyboardInterrupt is let through."""
        self._models.forget_changed(self._is_whole)
        for core in self._plan["cores"]:
            scoring = core == self._plan["cores"][0]
            missing = self.missing_images() if scoring else []
            untimed = not self._is_timed(core)
            if not missing and not untimed:
                continue
            try:
                self._run_core(core, missing, untimed)
            except Exception as error:  # Whatever a vendor's library raises must not cost the other core numbers and backends.
                self._fail(core, error)
                # Without its outputs there is nothing to hold the times against.
                if scoring and self.missing_images():
                    return

    def missing_images(self):
        """The images that have no output yet, or one that is not what the journal says."""
        done = self._journal.images.get(self.name, {})
        return [image for image in self._plan["images"] if not self._is_whole(done.get(image["id"]))]

    def record(self):
        """What recording.json says of this backend."""
        scoring = self._plan["cores"][0]
        done = self._journal.images.get(self.name, {})
        complete = not self.missing_images()
        cores = [core for core in self._plan["cores"] if self._is_timed(core)]
        return {
            "name": self.name,
            "failures": self.failures,
            "warnings": self._models.warnings(),
            "complete": complete,
            "description": self._journal.sessions.get((self.name, scoring)),
            "model": self._models.record_of(scoring),
            "images": [_without(done[image["id"]], "type", "backend") for image in self._plan["images"]] if complete else [],
            "latency": [
                dict(
                    _without(self._journal.latency[(self.name, core)], "type", "backend"),
                    description=self._journal.sessions[(self.name, core)],
                    model=self._models.record_of(core),
                )
                for core in cores
            ],
        }

    def _run_core(self, core, images, untimed):
        with sessions.open_session(BACKENDS[self.name], **self._session_options(core)) as session:
            session.stop = self._stop
            self._note_session(core, session.describe())
            for done, image in enumerate(images):
                self._progress.step("{}: image {} of {}".format(self.name, done + 1, len(images)))
                self._infer(session, image)
            self._progress.step("{}: core number {}".format(self.name, core))
            if untimed:
                self._progress.line("{}: times at core number {}".format(self.name, core))
                self._time(session, core)

    def _infer(self, session, image):
        output, _, device_ms = session.infer(self._pixels(image))
        file = "{}/outputs/{}.npy".format(self.name, image["id"])
        self._journal.add({
            "type": "image",
            "backend": self.name,
            "id": image["id"],
            "file": file,
            "sha256": self._save(file, output, image["input"]),
            "deviceMs": None if device_ms is None else float(device_ms),
        })

    def _time(self, session, core):
        # One output of this core number is kept: it tells whether what is timed is what is scored. It is the warm-up, too.
        first = self._plan["images"][0]
        pixels = self._pixels(first)
        output = session.infer(pixels)[0]
        latency = self._plan["latency"]
        file = "{}/timed/{}.npy".format(self.name, core)
        sha256 = self._save(file, output, first["input"])
        measured = session.measure(pixels, latency["requests"], latency["seconds"], 1)
        self._journal.add({
            "type": "latency",
            "backend": self.name,
            "coreNumber": core,
            "file": file,
            "sha256": sha256,
            "hostMs": measured["hostMs"][0],
            "deviceMs": measured["deviceMs"] and measured["deviceMs"][0],
            "wallSeconds": measured["wallSeconds"],
            "sameOutputs": measured["sameOutputs"],
        })

    def _session_options(self, core):
        plan, backend = self._plan, self._backend
        common = {"size": plan["size"], "batch": plan["batch"], "device": self._options["device"]}
        if self.name == "mlu-offline":
            return dict(common, model=self._models.path_of(core), classes=plan["classes"], contexts=1)
        return dict(
            common,
            checkpoint=os.path.join(self._bundle, backend["checkpoint"]["file"]),
            core_number=core,
            core_version=plan["coreVersion"],
            decode=backend["decode"],
            yolox=self._options["yolox"],
        )

    def _note_session(self, core, description):
        if description["coreNumber"] != core:
            raise DeviceError("it runs with core number {}, not {}".format(description["coreNumber"], core))
        description = dict(description, precision=self._models.precision_of(core) or description["precision"])
        known = self._journal.sessions.get((self.name, core))
        if known is None:
            self._keep_session(core, description)
            return
        for key in SAME:
            if known.get(key) != description.get(key):
                raise DeviceError(
                    "cannot go on with this recording: {} was {!r} and is {!r}; record into a new folder".format(
                        key, known.get(key), description.get(key)
                    )
                )

        more = [warning for warning in description["warnings"] if warning not in known["warnings"]]
        if more:
            self._keep_session(core, dict(known, warnings=known["warnings"] + more))

    def _keep_session(self, core, description):
        for warning in description["warnings"]:
            self._progress.line("warning: {} at core number {}: {}".format(self.name, core, warning))
        self._journal.add({"type": "session", "backend": self.name, "coreNumber": core, "description": description})

    def _pixels(self, image):
        return read_pixels(os.path.join(self._bundle, image["input"]), self._plan["size"])

    def _save(self, file, output, source):
        """Checks and keeps an output; returns its SHA-256."""
        self._seen[file] = save_output(os.path.join(self._out, file), output, output_shape(self._plan), source)
        return self._seen[file]

    def _is_whole(self, entry):
        """Whether a file is what the journal says of it. Each is read once: there may be gigabytes of them."""
        if entry is None:
            return False
        file = entry["file"]
        if file not in self._seen:
            try:
                self._seen[file] = sha256_of(os.path.join(self._out, file))
            except OSError:
                return False
        return self._seen[file] == entry["sha256"]

    def _is_timed(self, core):
        return self._is_whole(self._journal.latency.get((self.name, core)))

    def _fail(self, core, error):
        if not isinstance(error, AgentError):
            self._progress.line(traceback.format_exc())
        self.failures.append("{} at core number {}: {}".format(self.name, core, error or type(error).__name__))
        self._progress.line("failed: " + self.failures[-1])


def _without(entry, *keys):
    return {key: value for key, value in entry.items() if key not in keys}
