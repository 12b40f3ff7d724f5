"""Network inputs from files: `.npy` tensors, folders of them, or pictures where OpenCV is at hand."""

import collections
import os

import numpy as np

from .errors import BadFile

PICTURES = (".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp")
PAD_VALUE = 114
# Of weights before YOLOX 0.1.1 (`preproc` of yolox/data/data_augment.py), for RGB.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

# One image: its name, its file, and which of the file's images it is.
Input = collections.namedtuple("Input", ["name", "path", "index"])


def find_inputs(paths):
    """
    paths: `.npy` files, pictures, or folders of both (not of folders; in the order of their names). Returns a list of Input, one
    for each image; those of a `.npy` file with more than one are called NAME_0, NAME_1 ... Raises BadFile for what is none, and
    for two of one name.
    """
    inputs = []
    for path in paths:
        for file in _files(path):
            name = os.path.splitext(os.path.basename(file))[0]
            count = _count(file)
            inputs.extend(Input(name if count == 1 else "{}_{}".format(name, index), file, index) for index in range(count))
    known = {}
    for found in inputs:
        if found.name in known:
            raise BadFile("two inputs are called {}: {} and {}: rename one".format(found.name, known[found.name], found.path))
        known[found.name] = found.path
    return inputs


def load_inputs(inputs, size, legacy=False):
    """
    inputs: of find_inputs. Yields (name, pixels float32 [1, 3, height, width]) of each. size: [height, width] that every one must
    have; pictures are letterboxed to it as YOLOX does: BGR 0-255, or with `legacy` RGB, normalised. A `.npy` file is what the
    network gets, whatever `legacy` says: float32 or uint8, [n, 3, height, width] or [3, height, width]. Raises BadFile.
    """
    return (_load(found, size, legacy) for found in inputs)


def _load(found, size, legacy):
    if _is_array(found.path):
        pixels = np.array(_open_array(found.path)[found.index], np.float32)
        if pixels.shape[1:] != tuple(size):
            raise BadFile(
                "{} has images of {}x{}, and the size asked for is {}x{}: give that size, or the inputs of this one".format(
                    found.path, pixels.shape[1], pixels.shape[2], size[0], size[1]
                )
            )
        if not np.isfinite(pixels).all():
            raise BadFile("{} has values that are not finite: write it again".format(found.path))
    else:
        pixels = _letterbox(found.path, size)
        if legacy:
            pixels = pixels[::-1].copy()
            pixels /= 255
            pixels -= np.array(MEAN).reshape(3, 1, 1)
            pixels /= np.array(STD).reshape(3, 1, 1)
    return found.name, pixels[np.newaxis]


def _files(path):
    if not os.path.isdir(path):
        return [path]
    names = sorted(name for name in os.listdir(path) if _is_array(name) or _is_picture(name))
    if not names:
        raise BadFile("{} has neither .npy files nor pictures: give a folder that has".format(path))
    return [os.path.join(path, name) for name in names]


def _is_array(path):
    return path.lower().endswith(".npy")


def _is_picture(path):
    return os.path.splitext(path)[1].lower() in PICTURES


def _count(path):
    if _is_array(path):
        return len(_open_array(path))
    if not _is_picture(path):
        raise BadFile("{} is neither a .npy file nor a picture: give one of {}".format(path, ", ".join((".npy",) + PICTURES)))
    if not os.path.isfile(path):
        raise BadFile("cannot read {}: there is no such file".format(path))
    _cv2(path)
    return 1


def _open_array(path):
    """[n, 3, height, width], its values still in the file."""
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    # numpy raises ValueError, OSError, SyntaxError and more for a damaged header.
    except Exception as error:
        raise BadFile("cannot read {}: {}: write it again".format(path, str(error).split("\n")[0] or type(error).__name__))
    if not isinstance(array, np.ndarray) or array.dtype not in (np.dtype("<f4"), np.dtype("u1")):
        dtype = getattr(array, "dtype", "an archive")
        raise BadFile("{} holds {}, and inputs are float32 or uint8: write it as one of them".format(path, dtype))
    if array.ndim == 3:
        array = array[np.newaxis]
    if array.ndim != 4 or array.shape[1] != 3 or 0 in array.shape:
        raise BadFile(
            "{} has shape {}, and inputs are [n, 3, height, width] or [3, height, width]".format(path, list(array.shape))
        )
    return array


def _cv2(path):
    try:
        import cv2
    except ImportError:
        raise BadFile(
            "{} is a picture, and there is no OpenCV (cv2) to read it: let `mlu-parity agent inputs` write them, and give "
            "their folder".format(path)
        )
    return cv2


def _letterbox(path, size):
    """`preproc` of yolox/data/data_augment.py: truncated sides, at the top left of grey 114. float32 [3, height, width], BGR."""
    cv2 = _cv2(path)
    picture = cv2.imread(path)
    if picture is None:
        raise BadFile("cannot read {}: OpenCV does not know it as a picture: save it again as PNG or JPEG".format(path))
    ratio = min(size[0] / float(picture.shape[0]), size[1] / float(picture.shape[1]))
    height, width = int(picture.shape[0] * ratio), int(picture.shape[1] * ratio)
    if height == 0 or width == 0:
        raise BadFile("cannot letterbox {}: its shorter side would become 0 pixels: leave it out".format(path))
    padded = np.full((size[0], size[1], 3), PAD_VALUE, np.uint8)
    padded[:height, :width] = cv2.resize(picture, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.ascontiguousarray(padded.transpose(2, 0, 1), np.float32)
