"""
An own definition of YOLOX with the key names of the official source (Megvii-BaseDetection/YOLOX, yolox/models), for inference
alone, in what PyTorch 1.3 and the card know: SiLU is x * sigmoid(x), and boxes are decoded in the form that is asked for.
"""

import torch
import torch.nn as nn

from .decode import make_decoder
from .errors import BadRequest


class SiLU(nn.Module):
    """nn.SiLU came with PyTorch 1.7."""

    def forward(self, x):
        return x * torch.sigmoid(x)


class BaseConv(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1, groups=1):
        super(BaseConv, self).__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, groups=groups, bias=False)
        # YOLOX sets 1e-3 in every experiment (`init_yolo` of yolox/exp/yolox_base.py), not in the layer.
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3)
        self.act = SiLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class DWConv(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super(DWConv, self).__init__()
        self.dconv = BaseConv(inputs, inputs, kernel, stride, groups=inputs)
        self.pconv = BaseConv(inputs, outputs, 1)

    def forward(self, x):
        return self.pconv(self.dconv(x))


class Focus(nn.Module):
    def __init__(self, outputs):
        super(Focus, self).__init__()
        self.conv = BaseConv(12, outputs, 3)

    def forward(self, x):
        top_left, bottom_left = x[..., ::2, ::2], x[..., 1::2, ::2]
        top_right, bottom_right = x[..., ::2, 1::2], x[..., 1::2, 1::2]
        return self.conv(torch.cat((top_left, bottom_left, top_right, bottom_right), 1))


class Bottleneck(nn.Module):
    def __init__(self, channels, shortcut, spatial):
        super(Bottleneck, self).__init__()
        self.conv1 = BaseConv(channels, channels, 1)
        self.conv2 = spatial(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        return y + x if self.shortcut else y


class CSPLayer(nn.Module):
    def __init__(self, inputs, outputs, repeats, shortcut, spatial):
        super(CSPLayer, self).__init__()
        hidden = outputs // 2
        self.conv1 = BaseConv(inputs, hidden, 1)
        self.conv2 = BaseConv(inputs, hidden, 1)
        self.conv3 = BaseConv(2 * hidden, outputs, 1)
        self.m = nn.Sequential(*[Bottleneck(hidden, shortcut, spatial) for _ in range(repeats)])

    def forward(self, x):
        return self.conv3(torch.cat((self.m(self.conv1(x)), self.conv2(x)), 1))


class SPPBottleneck(nn.Module):
    def __init__(self, channels):
        super(SPPBottleneck, self).__init__()
        hidden = channels // 2
        self.conv1 = BaseConv(channels, hidden, 1)
        self.m = nn.ModuleList([nn.MaxPool2d(kernel, 1, kernel // 2) for kernel in (5, 9, 13)])
        self.conv2 = BaseConv(4 * hidden, channels, 1)

    def forward(self, x):
        x = self.conv1(x)
        return self.conv2(torch.cat([x] + [pool(x) for pool in self.m], 1))


class CSPDarknet(nn.Module):
    def __init__(self, base, repeats, spatial):
        super(CSPDarknet, self).__init__()
        self.stem = Focus(base)
        self.dark2 = nn.Sequential(spatial(base, 2 * base, 3, 2), CSPLayer(2 * base, 2 * base, repeats, True, spatial))
        self.dark3 = nn.Sequential(spatial(2 * base, 4 * base, 3, 2), CSPLayer(4 * base, 4 * base, 3 * repeats, True, spatial))
        self.dark4 = nn.Sequential(spatial(4 * base, 8 * base, 3, 2), CSPLayer(8 * base, 8 * base, 3 * repeats, True, spatial))
        self.dark5 = nn.Sequential(
            spatial(8 * base, 16 * base, 3, 2), SPPBottleneck(16 * base), CSPLayer(16 * base, 16 * base, repeats, False, spatial)
        )

    def forward(self, x):
        dark3 = self.dark3(self.dark2(self.stem(x)))
        dark4 = self.dark4(dark3)
        return dark3, dark4, self.dark5(dark4)


class YOLOPAFPN(nn.Module):
    def __init__(self, base, repeats, spatial):
        super(YOLOPAFPN, self).__init__()

        def csp(inputs, outputs):
            return CSPLayer(inputs, outputs, repeats, False, spatial)

        self.backbone = CSPDarknet(base, max(repeats, 1), spatial)
        self.upsample = nn.Upsample(scale_factor=2, mode="nearest")
        self.lateral_conv0 = BaseConv(16 * base, 8 * base, 1)
        self.C3_p4 = csp(16 * base, 8 * base)
        self.reduce_conv1 = BaseConv(8 * base, 4 * base, 1)
        self.C3_p3 = csp(8 * base, 4 * base)
        self.bu_conv2 = spatial(4 * base, 4 * base, 3, 2)
        self.C3_n3 = csp(8 * base, 8 * base)
        self.bu_conv1 = spatial(8 * base, 8 * base, 3, 2)
        self.C3_n4 = csp(16 * base, 16 * base)

    def forward(self, x):
        dark3, dark4, dark5 = self.backbone(x)
        lateral5 = self.lateral_conv0(dark5)
        lateral4 = self.reduce_conv1(self.C3_p4(torch.cat((self.upsample(lateral5), dark4), 1)))
        out3 = self.C3_p3(torch.cat((self.upsample(lateral4), dark3), 1))
        out4 = self.C3_n3(torch.cat((self.bu_conv2(out3), lateral4), 1))
        out5 = self.C3_n4(torch.cat((self.bu_conv1(out4), lateral5), 1))
        return out3, out4, out5


class YOLOXHead(nn.Module):
    def __init__(self, base, classes, spatial, decoder):
        super(YOLOXHead, self).__init__()
        channels = 4 * base

        def branches():
            return nn.ModuleList([nn.Sequential(*[spatial(channels, channels, 3) for _ in range(2)]) for _ in range(3)])

        def predictions(outputs):
            return nn.ModuleList([nn.Conv2d(channels, outputs, 1) for _ in range(3)])

        self.cls_convs = branches()
        self.reg_convs = branches()
        self.cls_preds = predictions(classes)
        self.reg_preds = predictions(4)
        self.obj_preds = predictions(1)
        self.stems = nn.ModuleList([BaseConv(inputs, channels, 1) for inputs in (4 * base, 8 * base, 16 * base)])
        self.decoder = decoder

    def forward(self, features):
        outputs = []
        for k, feature in enumerate(features):
            x = self.stems[k](feature)
            classes = self.cls_preds[k](self.cls_convs[k](x))
            boxes = self.reg_convs[k](x)
            outputs.append(torch.cat((self.reg_preds[k](boxes), self.obj_preds[k](boxes).sigmoid(), classes.sigmoid()), 1))
        levels = [output.shape[-2:] for output in outputs]
        joined = torch.cat([output.flatten(start_dim=2) for output in outputs], 2).permute(0, 2, 1)
        return joined if self.decoder is None else self.decoder(joined, levels)


class YOLOX(nn.Module):
    def __init__(self, variant, decoder):
        super(YOLOX, self).__init__()
        base = int(variant.width * 64)
        spatial = DWConv if variant.depthwise else BaseConv
        self.backbone = YOLOPAFPN(base, int(round(3 * variant.depth)), spatial)
        self.head = YOLOXHead(base, variant.classes, spatial, decoder)

    def forward(self, x):
        return self.head(self.backbone(x))


def build_network(variant, size, decode, yolox=None):
    """
    The network of a Variant in eval mode, its weights not loaded: float32 NCHW [n, 3, height, width], raw grey levels of BGR, to
    [n, anchors, 5 + classes], objectness and classes after sigmoid, boxes by `decode` ("none", "in-place", "concatenated",
    "fixed-grids").

    size: [height, width], multiples of 32. yolox: folder of an official checkout whose source is to be used instead of this
    file's. Raises BadRequest for a size or form that there is not, BadFile for a checkout that cannot be used.
    """
    height, width = size
    if height < 32 or width < 32 or height % 32 or width % 32:
        raise BadRequest("the input size must be multiples of 32, not {}x{}".format(height, width))
    decoder = make_decoder(decode, size)
    if yolox is None:
        return YOLOX(variant, decoder).eval()
    from .official import build_official

    return build_official(yolox, variant, decoder).eval()
