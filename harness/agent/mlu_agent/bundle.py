"""What `mlu-parity record plan` wrote: a folder with SHA256SUMS, plan.json, inputs and files, checked before anything runs."""

import json
import os
import re

from .anchors import STRIDES, count_anchors
from .errors import BadFile
from .file_hash import sha256_of

SUMS = "SHA256SUMS"
PLAN = "plan.json"
SCHEMA = "mlu-parity/plan"
BACKENDS = {"mlu-online": "online", "mlu-offline": "offline"}


def read_bundle(folder, progress):
    """
    Checks every file of the folder against SHA256SUMS, and the plan by itself. `progress` is called with (done, total).
    Returns (plan, its SHA-256). Raises BadFile with the file that is missing, changed or not in the list.
    """
    sums = read_sums(os.path.join(folder, SUMS))
    for done, path in enumerate(sorted(sums)):
        progress(done, len(sums))
        check_file(folder, path, sums[path])
    progress(len(sums), len(sums))
    if PLAN not in sums:
        raise BadFile("cannot use {}: {} does not list {}; copy the whole folder again".format(folder, SUMS, PLAN))
    plan = read_plan(os.path.join(folder, PLAN))
    for path, sha256 in files_of(plan):
        if sums.get(path) != sha256:
            raise BadFile("cannot use {}: {} and {} do not agree on {}; write the plan again".format(folder, PLAN, SUMS, path))
    return plan, sums[PLAN]


def read_sums(path):
    """The hashes by path below the folder, from what `sha256sum` prints."""
    try:
        with open(path, encoding="utf-8") as file:
            lines = file.read().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadFile("cannot read {} ({}): give the folder that mlu-parity record plan wrote".format(path, error))
    sums = {}
    for line in lines:
        match = re.match(r"^([0-9a-f]{64})  (.+)$", line)
        # What leads out of the folder is none of its files.
        if match is None or os.path.isabs(match.group(2)) or ".." in match.group(2).split("/"):
            raise BadFile("cannot use {}: {!r} is no line of a hash and a file; copy the folder again".format(path, line[:100]))
        sums[match.group(2)] = match.group(1)
    return sums


def check_file(folder, path, sha256):
    full = os.path.join(folder, path)
    try:
        found = sha256_of(full)
    except OSError as error:
        raise BadFile("cannot read {} ({}): copy the folder again, whole".format(full, error.strerror))
    if found != sha256:
        raise BadFile("cannot use {}: it is not the file that {} lists; copy the folder again".format(full, SUMS))


def read_plan(path):
    """Raises BadFile for a plan that is none of version 1, by the first entry that does not fit."""
    try:
        with open(path, encoding="utf-8") as file:
            plan = json.load(file)
    except (OSError, ValueError) as error:
        raise BadFile("cannot read {} ({}): give the folder that mlu-parity record plan wrote".format(path, error))

    def need(fits, entry, what):
        if not fits:
            raise BadFile("cannot use {}: {} must be {}; write the plan again with mlu-parity record plan".format(path, entry, what))

    need(isinstance(plan, dict) and plan.get("schema") == SCHEMA and plan.get("version") == 1, "schema", SCHEMA + " of version 1")
    size = plan.get("size")
    need(_is_list(size, _is_count) and len(size) == 2 and all(side % STRIDES[-1] == 0 for side in size), "size", "height and width")
    need(_is_count(plan.get("classes")), "classes", "a number above 0")
    need(plan.get("batch") == 1, "batch", "1")
    need(isinstance(plan.get("coreVersion"), str), "coreVersion", "a text")
    need(_is_list(plan.get("cores"), _is_count) and plan["cores"], "cores", "numbers above 0")
    latency = plan.get("latency")
    need(isinstance(latency, dict) and _is_count(latency.get("requests")), "latency.requests", "a number above 0")
    need(isinstance(latency.get("seconds"), (int, float)) and latency["seconds"] > 0, "latency.seconds", "a number above 0")
    need(_is_list(plan.get("images"), _is_image) and plan["images"], "images", "a list of id, input and sha256")
    need(_is_list(plan.get("backends"), _is_backend) and plan["backends"], "backends", "a list of name, decode, checkpoint and models")
    for backend in plan["backends"]:
        missing = [core for core in plan["cores"] if str(core) not in backend["models"]]
        export = backend["name"] == "mlu-offline" and missing
        need(backend["checkpoint"] or not (export or backend["name"] == "mlu-online"), backend["name"], "with a checkpoint or models")
    return plan


def files_of(plan):
    """Path and SHA-256 of everything that the plan names."""
    named = [{"file": image["input"], "sha256": image["sha256"]} for image in plan["images"]]
    for backend in plan["backends"]:
        named += [backend["checkpoint"]] if backend["checkpoint"] else []
        named += [backend["models"][core] for core in sorted(backend["models"])]
    return [(file["file"], file["sha256"]) for file in named]


def output_shape(plan):
    """[batch, anchors, 5 + classes] of an input of the plan's size."""
    return (plan["batch"], count_anchors(plan["size"]), 5 + plan["classes"])


def _is_count(value):
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_list(value, fits):
    return isinstance(value, list) and all(fits(entry) for entry in value)


def _is_file(value):
    return isinstance(value, dict) and isinstance(value.get("file"), str) and isinstance(value.get("sha256"), str)


def _is_image(value):
    if not isinstance(value, dict) or not isinstance(value.get("id"), int):
        return False
    return isinstance(value.get("input"), str) and isinstance(value.get("sha256"), str)


def _is_backend(value):
    if not isinstance(value, dict) or value.get("name") not in BACKENDS or not isinstance(value.get("models"), dict):
        return False
    checkpoint = value.get("checkpoint", "")
    return isinstance(value.get("decode"), str) and (checkpoint is None or _is_file(checkpoint)) and all(
        _is_file(model) for model in value["models"].values()
    )
