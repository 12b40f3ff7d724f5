"""Traces a quantised checkpoint for the card, and has the vendor's library save the offline model."""

import os
import shutil
import tempfile

import torch

from .errors import BadFile, BadRequest, DeviceError, first_line
from .interruptible import unfinished
from .offline_magic import MAGIC, read_magic
from .quantized_network import load_quantized_network, precision
from .torch_mlu_library import check_batch, load_torch_mlu, set_up_card
from .twins import named_anew, read_twins

ENDING = ".cambricon"


def export(checkpoint, out, size, batch, core_number, core_version, input_format, decode="fixed-grids", yolox=None, device=0):
    """
    Writes `out` (a path that ends in .cambricon) and, where the vendor's library writes one, `out`_twins; either whole or
    not at all. device -1 compiles without a card.

    Returns a dict: path, twins (path or None), precision, standIn, warnings. Raises BadRequest, BadFile, NotAvailable, or
    DeviceError where the trace fails, or what it left is not what was asked for.
    """
    if not out.endswith(ENDING) or os.path.basename(out) == ENDING:
        raise BadRequest("the offline model cannot be called {}: give a name that ends in {}".format(out, ENDING))
    check_batch(batch)
    if decode == "in-place":
        raise BadRequest("decode in-place needs what the card has not: give fixed-grids, concatenated or none")
    library = load_torch_mlu()
    set_up_card(library, core_number, core_version, input_format, device)
    loaded = load_quantized_network(library, checkpoint, size, decode, yolox)
    folder = _make_folder(out)
    try:
        shape = _compile(library, loaded.network, os.path.join(folder, os.path.basename(out)[:-len(ENDING)]), size, batch)
        model, text = _what_was_written(folder)
        warnings = _check_model(model) + _check_twins(text, size, batch, core_number, shape)
        _move(model, text, out)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.discard(folder)
    return {
        "path": out,
        "twins": None if text is None else out + "_twins",
        "precision": precision(loaded.state),
        "standIn": library.stand_in,
        "warnings": loaded.warnings + warnings,
    }


def _make_folder(out):
    """Beside `out`, so that what is in it can be renamed to it."""
    try:
        folder = tempfile.mkdtemp(prefix=".export-", dir=os.path.dirname(os.path.abspath(out)))
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(out, error.strerror))
    unfinished.add(folder)
    return folder


def _compile(library, network, name, size, batch):
    """
    The order that every public port has: gradients off, the name, the trace of one image, and the run of a whole batch,
    which compiles. Returns the output's shape; its values may be none, where there is no card.
    """
    gradients = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    try:
        device = library.model.mlu_device()
        network = network.to(device)
        library.model.save_as_cambricon(name)
        traced = torch.jit.trace(network, torch.zeros(1, 3, size[0], size[1]).to(device), check_trace=False)
        return list(traced(torch.zeros(batch, 3, size[0], size[1]).to(device)).shape)
    except Exception as error:
        raise DeviceError("torch_mlu cannot compile the network: {}".format(first_line(error)))
    finally:
        library.model.save_as_cambricon("")
        torch.set_grad_enabled(gradients)


def _what_was_written(folder):
    """
    The model's path and the text of its twins or None. Whether the library adds its ending to a name depends on the release.
    """
    names = sorted(os.listdir(folder))
    models = [name for name in names if not name.endswith("_twins")]
    twins = [name for name in names if name.endswith("_twins")]
    if len(models) != 1 or len(twins) > 1:
        raise DeviceError(
            "save_as_cambricon wrote {} where one model should be: see what torch_mlu printed".format(_listed(names) or "nothing")
        )
    if not twins:
        return os.path.join(folder, models[0]), None
    with open(os.path.join(folder, twins[0]), encoding="latin-1") as file:
        return os.path.join(folder, models[0]), file.read()


def _check_model(path):
    beginning = read_magic(path)
    if not beginning:
        raise DeviceError("save_as_cambricon wrote an empty file: see whether the disk is full")
    if beginning != MAGIC:
        return ["the offline model begins with {}, and those known so far with {}".format(beginning.hex(), MAGIC.hex())]
    return []


def _check_twins(text, size, batch, core_number, shape):
    """
    shape: of the traced output. Returns warnings. Raises DeviceError where the model is for another core number or input
    than was asked for.
    """
    if text is None:
        return ["no twins file was written: core number and shapes of the model cannot be checked"]
    twins = read_twins(text)
    if not twins.inputs or not twins.outputs or not twins.core_numbers:
        return ["the twins file is of a kind that is not known: core number and shapes of the model cannot be checked"]
    if set(twins.core_numbers) != set([core_number]):
        raise DeviceError(
            "the offline model is for {} cores, and {} were asked for".format(_listed(twins.core_numbers), core_number)
        )
    wanted = [batch, size[0], size[1], 3]
    if twins.inputs != [wanted]:
        raise DeviceError("the offline model takes {}, and {} was asked for".format(_listed(twins.inputs), wanted))
    # [n, anchors, channels] is N C 1 A in every model known.
    expected = [shape[0], shape[2], 1, shape[1]]
    if twins.outputs == [expected]:
        return []
    return ["the offline model gives {}, and {} was expected".format(_listed(twins.outputs), expected)]


def _listed(values):
    return ", ".join(str(value) for value in values)


def _move(model, text, out):
    """The model last: where it is, its twins are those beside it."""
    twins = out + "_twins"
    try:
        if text is None:
            if os.path.exists(twins):
                os.remove(twins)
        else:
            part = os.path.join(os.path.dirname(model), "twins")
            with open(part, "w", encoding="latin-1") as file:
                file.write(named_anew(text, os.path.basename(out)))
            os.replace(part, twins)
        os.replace(model, out)
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(out, error.strerror))
