"""The agent of mlu-parity. Python 3.5 syntax, PyTorch 1.3 or later, numpy; torch_mlu and libcnrt for the device steps alone."""

VERSION = "0.1.0"
