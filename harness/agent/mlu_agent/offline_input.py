"""From pixels, float32 NCHW, to an offline model's input as it lies in device memory: NHWC in the type that the model says."""

import numpy as np

from .errors import BadRequest, DeviceError

# What an input may be. INT8 and the rest would need a quantisation that the library tells nothing of.
TYPES = {"FLOAT32": np.float32, "FLOAT16": np.float16, "UINT8": np.uint8}


class InputLayout(object):
    """
    dims: as cnrtGetInputDataShape says, N H W C; data_type: a name of cnrt_codes.DATA_TYPES. Raises DeviceError for an input that is no picture
    of three channels, or of another type.
    """

    def __init__(self, dims, data_type):
        shown = " ".join(str(extent) for extent in dims)
        if len(dims) != 4 or dims[3] != 3:
            raise DeviceError("the model's input is {}, not N H W 3: export YOLOX without firstconv, for pictures of three channels".format(shown))
        if data_type not in TYPES:
            raise DeviceError("the model's input is {}, which the agent does not make: export it with FLOAT32, FLOAT16 or UINT8".format(data_type))
        self.dims = tuple(dims)
        self.data_type = data_type
        self.batch, self.size = dims[0], [dims[1], dims[2]]

    def allocate(self):
        return np.empty(self.dims, TYPES[self.data_type])

    def check(self, pixels):
        """
        Raises BadRequest for pixels of another shape or type, and for such as the model's input cannot hold: beyond float16 (65504), or for UINT8
        not whole numbers of 0 to 255.
        """
        wanted = (self.batch, 3) + tuple(self.size)
        if pixels.dtype != np.float32 or pixels.shape != wanted:
            raise BadRequest("the input is {} {}, but the model takes float32 {}: give it so".format(pixels.dtype, list(pixels.shape), list(wanted)))
        if self.data_type == "FLOAT16" and not np.all(np.abs(pixels) <= 65504):
            raise BadRequest("the input has values beyond 65504, but the model takes FLOAT16: give pixels of 0 to 255, or normalised ones")
        if self.data_type == "UINT8" and not (np.all(pixels >= 0) and np.all(pixels <= 255) and np.all(pixels == np.floor(pixels))):
            raise BadRequest("the input has other values than whole numbers of 0 to 255, but the model takes UINT8: give pixels as they are")

    def fill(self, memory, pixels):
        """pixels to `memory`, as `allocate` gives it. float16 is rounded half to even; whole numbers to 2048 are exact."""
        # Channel by channel: three times as fast here as one transposed copy.
        for channel in range(3):
            memory[..., channel] = pixels[:, channel]
