import numpy as np


def in_batches(inputs, batch):
    """
    inputs: iterator of (name, pixels [1, 3, h, w]). Yields (names, pixels [batch, 3, h, w]); the last batch is filled up with its last image, and has
    fewer names than images.
    """
    names = []
    pixels = []
    for name, image in inputs:
        names.append(name)
        pixels.append(image)
        if len(names) == batch:
            yield names, np.concatenate(pixels)
            names, pixels = [], []
    if names:
        yield names, np.concatenate(pixels + [pixels[-1]] * (batch - len(names)))
