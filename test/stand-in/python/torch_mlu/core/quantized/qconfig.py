"""The options of a quantisation, with the defaults of `catch` (torch_mlu/core/quantized/qscheme.py)."""

DEFAULTS = {
    "iteration": 1,
    "use_avg": False,
    "data_scale": 1.0,
    "mean": [0, 0, 0],
    "std": [1, 1, 1],
    "firstconv": True,
    "per_channel": False,
}


class MLUQConfig(object):
    def __init__(self, dtype, spec):
        unknown = sorted(set(spec) - set(DEFAULTS) - {"method"})
        if unknown:
            raise ValueError("Unknown qconfig_spec: {}".format(", ".join(unknown)))
        self.dtype = dtype
        for name in DEFAULTS:
            setattr(self, name, spec.get(name, DEFAULTS[name]))
        self._spec = spec

    def with_dtype(self, dtype):
        return MLUQConfig(dtype, self._spec)
