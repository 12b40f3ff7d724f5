import numpy as np

from .errors import BadFile
from .whole_file import write_whole


def save_array(path, array):
    """Writes a `.npy` file, whole or not at all. Raises BadFile."""
    try:
        write_whole(path, lambda file: np.save(file, array))
    except OSError as error:
        raise BadFile("cannot write {}: {}".format(path, error.strerror))
