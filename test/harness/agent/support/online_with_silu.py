"""The agent's `online` with PyTorch's own SiLU, which the golden outputs were made with and no card of these has."""

import sys

import torch.nn.functional as F

from mlu_agent import network
from mlu_agent.command_line import main
from torch_mlu.stand_in.device_tensor import on_device, plain

network.SiLU.forward = lambda self, x: on_device(F.silu(plain(x)))
sys.exit(main(["online"] + sys.argv[1:]))
