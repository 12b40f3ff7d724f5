"""Makes the two gzipped ONNX files: one network with random weights, exported in the two ways there are.

A YOLOX of one stem channel, no bottlenecks in the neck and two classes, input [1, 3, 32, 32].
Made with the official YOLOX source (Megvii-BaseDetection/YOLOX 0.3.0, Apache-2.0) on PyTorch 1.13.1:
PYTHONPATH=path/to/YOLOX python3 make_onnx.py
"""

import gzip
import io
import os

import torch
from torch import nn
from yolox.models import YOLOPAFPN, YOLOX, YOLOXHead

HERE = os.path.dirname(os.path.abspath(__file__))
DEPTH, WIDTH, CLASSES = 0.1, 1 / 64, 2


class SiLU(nn.Module):
    """x * sigmoid(x), since opset 11 has no SiLU; the official export_onnx.py replaces it likewise."""

    @staticmethod
    def forward(x):
        return x * torch.sigmoid(x)


def replace_silu(module):
    for name, child in module.named_children():
        if isinstance(child, nn.SiLU):
            setattr(module, name, SiLU())
        else:
            replace_silu(child)


def network():
    torch.manual_seed(1)
    model = YOLOX(YOLOPAFPN(DEPTH, WIDTH), YOLOXHead(CLASSES, WIDTH))
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.eps, module.momentum = 1e-3, 0.03
            nn.init.normal_(module.weight, 1, 0.1)
            nn.init.normal_(module.bias, 0, 0.1)
            nn.init.normal_(module.running_mean, 0, 0.1)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    replace_silu(model)
    return model.eval()


def export(model, name, decode, fold):
    model.head.decode_in_inference = decode
    training = torch.onnx.TrainingMode.EVAL if fold else torch.onnx.TrainingMode.PRESERVE
    file = io.BytesIO()
    torch.onnx.export(
        model,
        torch.randn(1, 3, 32, 32),
        file,
        input_names=["images"],
        output_names=["output"],
        opset_version=11,
        training=training,
        do_constant_folding=fold,
    )
    with open(os.path.join(HERE, name + ".onnx.gz"), "wb") as target:
        target.write(gzip.compress(file.getvalue(), 9, mtime=0))


if __name__ == "__main__":
    model = network()
    export(model, "yolox_w1_folded_decoded", decode=True, fold=True)
    export(model, "yolox_w1_unfolded", decode=False, fold=False)
