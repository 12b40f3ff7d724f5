"""
The official YOLOX source in place of network.py, changed at run time in what PyTorch 1.3 and the card do not know; the checkout
itself is left as it is. Works with every release so far: what is replaced has had the same names in all of them.
"""

import importlib
import os
import sys
import types

import torch.nn as nn

from .errors import BadFile
from .network import SiLU
from .official_files import PACKAGE, models_folder

MODULES = ("network_blocks", "yolo_pafpn", "yolo_head", "yolox")
BATCH_NORM_EPSILON = 1e-3


def build_official(folder, variant, decoder):
    """
    folder: an official checkout (that has yolox/models). Returns its YOLOX for a Variant, with x * sigmoid(x) for SiLU and its
    boxes decoded by `decoder` (a module of decode.py, or None for the head's raw output). Raises BadFile where the checkout
    cannot be used.
    """
    models_folder(folder)
    try:
        blocks, pafpn, head, yolox = _import_models(folder)
    # A syntax that is newer than this Python, or an import that is not stood in for.
    except Exception as error:
        raise BadFile(
            "the YOLOX source of {} cannot be imported here ({}: {}): check out the tag 0.2.0, or leave --yolox out for the "
            "agent's own definition".format(folder, type(error).__name__, error)
        )
    blocks.get_activation = _get_activation
    head.YOLOXHead.decode_outputs = _decode_outputs
    backbone = pafpn.YOLOPAFPN(variant.depth, variant.width, depthwise=variant.depthwise)
    network = yolox.YOLOX(backbone, head.YOLOXHead(variant.classes, variant.width, depthwise=variant.depthwise))
    network.head.decode_in_inference = decoder is not None
    network.head.decoder = decoder
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            # `init_yolo` of yolox/exp/yolox_base.py, which needs far more than a network to be imported.
            module.eps = BATCH_NORM_EPSILON
    return network


def _get_activation(name="silu", inplace=True):
    """Of network_blocks.py: its nn.SiLU came with PyTorch 1.7."""
    return SiLU()


def _decode_outputs(self, outputs, dtype):
    """Of YOLOXHead; `hw` is noted by its forward."""
    return self.decoder(outputs, self.hw)


def _import_models(folder):
    """
    The four modules of a network, from their files alone: yolox/__init__.py and yolox/models/__init__.py import much that a
    container may not have or its Python not parse. What was imported under these names before comes back afterwards, so that
    another checkout can be next.
    """
    before = {name: module for name, module in sys.modules.items() if _is_ours(name)}
    for name in before:
        del sys.modules[name]
    try:
        root = os.path.join(os.path.abspath(folder), PACKAGE)
        _put_package(PACKAGE, root)
        _put_package(PACKAGE + ".models", os.path.join(root, "models"))
        # Of losses, drawing and training alone: none of it is called in inference.
        sys.modules[PACKAGE + ".utils"] = _Unneeded(PACKAGE + ".utils")
        sys.modules["loguru"] = _Unneeded("loguru")
        # No .pyc in the checkout: it may be read-only, and is not the agent's to write in.
        writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
        try:
            return [importlib.import_module("{}.models.{}".format(PACKAGE, name)) for name in MODULES]
        finally:
            sys.dont_write_bytecode = writes
    finally:
        for name in [name for name in sys.modules if _is_ours(name)]:
            del sys.modules[name]
        sys.modules.update(before)


def _is_ours(name):
    return name in (PACKAGE, "loguru") or name.startswith((PACKAGE + ".", "loguru."))


def _put_package(name, path):
    package = types.ModuleType(name)
    package.__path__ = [path]
    sys.modules[name] = package


class _Unneeded(types.ModuleType):
    """A module from which everything can be imported, and nothing be used."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*args, **kw):
            raise AssertionError("{}.{} is no part of inference".format(self.__name__, name))

        return refuse
