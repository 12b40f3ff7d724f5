"""The offline models of one backend of a plan: those that it has, and those that are exported here."""

import collections
import os

from .file_hash import sha256_of

# Channel order of a first convolution that normalises, which no network of a plan has: the vendor's own default.
INPUT_FORMAT = 0


class RecordedModels(object):
    def __init__(self, bundle, plan, backend, out, journal, options, progress):
        """As Recorder has them."""
        self._bundle = bundle
        self._plan = plan
        self._backend = backend
        self._name = backend["name"]
        self._out = out
        self._journal = journal
        self._options = options
        self._progress = progress

    def path_of(self, core):
        """The plan's own, or one that is exported at the first call."""
        given = self._given(core)
        if given:
            return os.path.join(self._bundle, given["file"])
        known = self._exported(core) or self._export(core)
        return os.path.join(self._out, known["file"])

    def record_of(self, core):
        """What recording.json says of it, or None."""
        given, known = self._given(core), self._exported(core)
        if given:
            return {"sha256": given["sha256"], "exported": False}
        return known and {"sha256": known["sha256"], "exported": True, "file": known["file"]}

    def precision_of(self, core):
        """None where it was not exported here: no call of the runtime tells it, and who exported it knows."""
        known = self._exported(core)
        return known and known["precision"]

    def warnings(self):
        """Of all exports, each sentence once."""
        exported = [known for known in map(self._exported, self._plan["cores"]) if known]
        return list(collections.OrderedDict.fromkeys(warning for known in exported for warning in known["warnings"]))

    def forget_changed(self, is_whole):
        """An exported model that is gone or changed is exported again, and what it gave is made again: two exports need not be equal."""
        for core in self._plan["cores"]:
            known = self._exported(core)
            if known is not None and not is_whole(known):
                self._journal.add({"type": "no-model", "backend": self._name, "coreNumber": core})

    def _given(self, core):
        return self._backend["models"].get(str(core))

    def _exported(self, core):
        return self._journal.models.get((self._name, core))

    def _export(self, core):
        # Tracing needs torch_mlu, which a recording of given models does without.
        from . import export_offline

        plan, backend = self._plan, self._backend
        self._progress.line("{}: exporting the model of core number {}".format(self._name, core))
        file = "{}/models/{}.cambricon".format(self._name, core)
        path = os.path.join(self._out, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        exported = export_offline.export(
            os.path.join(self._bundle, backend["checkpoint"]["file"]),
            path,
            plan["size"],
            plan["batch"],
            core,
            plan["coreVersion"],
            INPUT_FORMAT,
            decode=backend["decode"],
            yolox=self._options["yolox"],
            device=self._options["device"],
        )
        entry = {
            "type": "model",
            "backend": self._name,
            "coreNumber": core,
            "file": file,
            "sha256": sha256_of(path),
            "precision": exported["precision"],
            "warnings": exported["warnings"],
        }
        for warning in exported["warnings"]:
            self._progress.line("warning: {}".format(warning))
        self._journal.add(entry)
        return entry
