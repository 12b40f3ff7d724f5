"""Opens online sessions on releases of torch_mlu that differ from the public source: odd_releases.py CHECKPOINT RELEASE ..."""

import json
import sys

import numpy
import torch

import torch_mlu.core.mlu_quantize as mlu_quantize
from mlu_agent.errors import AgentError
from mlu_agent.online_session import OnlineSession
from torch_mlu.core.quantized.modules.quantised import Quantised

load, save, quantize = Quantised._load_from_state_dict, Quantised._save_to_state_dict, mlu_quantize.quantize_dynamic_mlu
LAYER = "head.stems.1.conv"


def forgetful(self, state_dict, prefix, *rest):
    """Leaves out the scale of one layer and says nothing."""
    load(self, {name: value for name, value in state_dict.items() if name != LAYER + ".scale"}, prefix, *rest)


def forgetful_ones(self, state_dict, prefix, *rest):
    """The same of layers that begin with scales of 1."""
    forgetful(self, state_dict, prefix, *rest)
    if self.scale is None:
        self.scale = torch.ones(2)


def other_mode(self, state_dict, prefix, *rest):
    load(self, state_dict, prefix, *rest)
    self.quantized_mode = self.quantized_mode * 0 + 1


def secret(self, state_dict, prefix, *rest):
    """Keeps scales under another name, and does not save what it has loaded."""
    load(self, state_dict, prefix, *rest)
    self.hidden = self.scale
    del self.scale


def save_floats(self, destination, prefix, keep_vars):
    super(Quantised, self)._save_to_state_dict(destination, prefix, keep_vars)


def without_options(model, qconfig_spec=None, dtype=None, gen_quant=False):
    if qconfig_spec is not None:
        raise ValueError("Unknown qconfig_spec")
    return quantize(model, {"firstconv": False})


def refusing(model, qconfig_spec=None, dtype=None, gen_quant=False):
    raise AssertionError("firstconv needs 3 input channels")


def nothing(model, qconfig_spec=None, dtype=None, gen_quant=False):
    return model


RELEASES = {
    "public": (load, save, quantize),
    "forgetful": (forgetful, save, quantize),
    "forgetful-ones": (forgetful_ones, save, quantize),
    "other-mode": (other_mode, save, quantize),
    "secret": (secret, save_floats, quantize),
    "without-options": (load, save, without_options),
    "refusing": (load, save, refusing),
    "nothing": (load, save, nothing),
}
told = []
for release in sys.argv[2:]:
    Quantised._load_from_state_dict, Quantised._save_to_state_dict, mlu_quantize.quantize_dynamic_mlu = RELEASES[release]
    try:
        session = OnlineSession(checkpoint=sys.argv[1], size=[64, 64])
        seen = {"warnings": session.describe()["warnings"]}
        if release != "secret":
            pixels = numpy.full((1, 3, 64, 64), 50, numpy.float32)
            seen["sum"] = float(session.infer(pixels)[0].sum())
            seen["measured"] = session.measure(pixels, 3, 60, 1)
            seen["inTime"] = session.measure(pixels, 1000, 0, 1)
            for wrong in ("contexts", "shape"):
                try:
                    session.measure(pixels if wrong == "contexts" else pixels[:, :, :32], 1, 1, 2 if wrong == "contexts" else 1)
                except AgentError as error:
                    seen[wrong] = [error.kind, str(error)]
        told.append(seen)
    except AgentError as error:
        told.append([error.kind, str(error)])
print(json.dumps(told))
