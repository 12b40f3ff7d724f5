"""Which files of an official checkout a network is taken from. Without torch, since the server asks before it is needed."""

import hashlib
import os

from .errors import BadFile

PACKAGE = "yolox"


def models_folder(folder):
    """yolox/models of an official checkout. Raises BadFile where it is none."""
    models = os.path.join(folder, PACKAGE, "models")
    if not os.path.isfile(os.path.join(models, "yolo_head.py")):
        raise BadFile("{} is no checkout of YOLOX: {} is not there".format(folder, os.path.join(models, "yolo_head.py")))
    return models


def source_hash(folder):
    """SHA-256 of the names and contents of the Python files that a network can be made of. Raises BadFile."""
    models = models_folder(folder)
    digest = hashlib.sha256()
    try:
        for name in sorted(name for name in os.listdir(models) if name.endswith(".py")):
            with open(os.path.join(models, name), "rb") as file:
                content = file.read()
            digest.update("{} {}\n".format(len(content), name).encode("utf-8", "surrogateescape"))
            digest.update(content)
    except OSError as error:
        raise BadFile("cannot read {}: {}".format(models, error))
    return digest.hexdigest()
