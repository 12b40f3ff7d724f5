import os

import numpy as np

from .errors import BadFile


def save_array(path, array):
    """Writes a `.npy` file, under another name first, so that no half of one ever has this name. Raises BadFile."""
    try:
        with open(path + ".part", "wb") as file:
            np.save(file, array)
        os.replace(path + ".part", path)
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))
