"""From an offline model's output, as it lies in device memory, to [batch, anchors, 5 + classes]."""

import numpy as np

from .errors import DeviceError


class OutputLayout(object):
    """
    How an output's extents are to be read. `name` is as the extents stand in memory, row-major: "N C 1 A" (how torch_mlu 1.3 leaves a tensor
    [batch, anchors, channels]: seen in RetinaFace's models, inferred for YOLOX), "N A 1 C", "N 1 A C" and so on.

    dims: as cnrtGetOutputDataShape says; batch, anchors: what the input makes them; classes: None to take what the extents say.
    Raises DeviceError where the extents fit no layout, or more than one.
    """

    def __init__(self, dims, batch, anchors, classes=None):
        self.dims = tuple(dims)
        self.batch, self.anchors = batch, anchors
        wanted = "[{}, {}, {}]".format(batch, anchors, "5 + classes" if classes is None else 5 + classes)
        shown = " ".join(str(extent) for extent in dims)
        inner = [i for i in range(1, len(dims)) if dims[i] != 1]
        fits = []
        if len(inner) == 2 and dims[0] == batch:
            for anchor_at, channel_at in (inner, inner[::-1]):
                channels = dims[channel_at]
                if dims[anchor_at] == anchors and (channels > 5 if classes is None else channels == 5 + classes):
                    fits.append((anchor_at, channel_at))
        if len(inner) == 1 and dims[0] == batch and dims[inner[0]] % anchors == 0 and dims[inner[0]] > 5 * anchors:
            raise DeviceError(
                "cannot tell how the model's output {} is to be read as {}: one extent holds anchors and channels, in an order that nothing says; "
                "export a model whose output has them apart".format(shown, wanted)
            )
        if not fits:
            raise DeviceError(
                "the model's output {} does not fit {}: export YOLOX with one output of all anchors, or give the model's own size, batch and "
                "classes".format(shown, wanted)
            )
        if len(fits) == 2:
            raise DeviceError(
                "cannot tell anchors and channels apart in the model's output {}, which is to be {}: export it for another size".format(shown, wanted)
            )
        anchor_at, self._channel_at = fits[0]
        self.channels = dims[self._channel_at]
        self._channel_major = self._channel_at < anchor_at
        letters = {0: "N", anchor_at: "A", self._channel_at: "C"}
        self.name = " ".join(letters.get(i, "1") for i in range(len(dims)))

    def convert(self, memory):
        """memory: the output as it was copied from the card (float32 or float16, of `dims`). Returns a new float32 [batch, anchors, channels]."""
        output = np.empty((self.batch, self.anchors, self.channels), np.float32)
        if self._channel_major:
            output[...] = memory.reshape(self.batch, self.channels, self.anchors).transpose(0, 2, 1)
        else:
            output[...] = memory.reshape(output.shape)
        return output
