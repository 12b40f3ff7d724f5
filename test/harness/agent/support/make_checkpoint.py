"""
Writes a small YOLOX with random weights, quantised by the stand-in: make_checkpoint.py OUT DTYPE SIZE PER_CHANNEL DEPTHWISE
[LEFT_OUT ...].
"""

import fnmatch
import sys

import torch

from mlu_agent.checkpoints import save_legacy
from mlu_agent.network import build_network
from mlu_agent.variant import Variant
from torch_mlu.core.mlu_quantize import quantize_dynamic_mlu

out, dtype, size, per_channel, depthwise = sys.argv[1:6]
torch.manual_seed(5)
torch.set_grad_enabled(False)
network = build_network(Variant(0.33, 0.125, depthwise == "1", 3), [int(size)] * 2, "none")
for name, parameter in network.named_parameters():
    if name.endswith("bn.bias"):
        parameter.normal_(0, 0.3)
quantised = quantize_dynamic_mlu(network, {"firstconv": False, "per_channel": per_channel == "1"}, dtype=dtype, gen_quant=True)
quantised(torch.rand(1, 3, int(size), int(size)) * 255)
state_dict = quantised.state_dict()
for pattern in sys.argv[6:]:
    for name in fnmatch.filter(list(state_dict), pattern):
        del state_dict[name]
save_legacy(state_dict, out)
