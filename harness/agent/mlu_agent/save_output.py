"""Outputs as `.npy` files."""

import os

import numpy as np

from .errors import BadFile


def save_output(path, output):
    """output: float32 [n, anchors, 5 + classes]. Whole or not at all, by way of PATH.part. Raises BadFile."""
    try:
        with open(path + ".part", "wb") as file:
            np.save(file, output)
        os.replace(path + ".part", path)
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))
