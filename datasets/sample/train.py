#!/usr/bin/python3
"""Trains the sample detector: a small YOLOX on generated scenes.

    apt-get install python3-torch          # Debian 12: torch 1.13, numpy 1.24
    npm ci                                 # builds the scene generator
    python3 datasets/sample/train.py --out /tmp/sample

takes about 20 minutes on two cores and writes `yolox-scenes.pth` (official key names, convolutions in float16) and
`figures.json` (how it was made, and what this program's own evaluation gives) into the folder; copy both beside this file.
`--evaluate FILE` only evaluates a checkpoint.

The pictures are drawn and letterboxed by `stream-scenes.ts`: there is no second drawing, and no second preprocessing. The
scenes to learn from and those to evaluate on have different seeds, and no two scenes of different seeds are begun from the
same state of the random generator.

Network, assignment (SimOTA) and loss follow YOLOX (Ge et al., "YOLOX: Exceeding YOLO Series in 2021", and its repository's
`yolo_head.py`); the code is this file's own.
"""

import argparse
import copy
import hashlib
import json
import math
import os
import subprocess
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE_OF_SCENES = os.path.join(HERE, "..", "..", "dist", "datasets", "sample", "stream-scenes.js")

CATEGORY_IDS = [10, 13, 28, 34, 37, 38, 44, 55, 60, 72, 84, 85]
CLASSES = len(CATEGORY_IDS)
SIZE = 224
STRIDES = (8, 16, 32)
WIDTH = 8  # channels of the stem: width multiplier 0.125
TRAINING_SEED = 32767
EVALUATION_SEED = 7
EVALUATION_SCENES = 200
CONF = 0.001
NMS = 0.65


# ---------------------------------------------------------------- scenes


def stream_scenes(seed, count, source):
    """Yields (entry, uint8 array [3, SIZE, SIZE]) of scenes 0 ... count - 1."""
    command = ["node", source, str(seed), str(count), str(SIZE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, bufsize=1 << 22) as process:
        for _ in range(count):
            entry = json.loads(process.stdout.readline())
            pixels = process.stdout.read(3 * SIZE * SIZE)
            yield entry, np.frombuffer(pixels, np.uint8).reshape(3, SIZE, SIZE)


def to_targets(entry):
    """[n, 5]: class index, centre x, centre y, width, height in input pixels. Crowds are left out, as in YOLOX."""
    ratio = entry["letterboxRatio"]
    rows = []
    for annotation in entry["annotations"]:
        if annotation["iscrowd"]:
            continue
        x, y, width, height = (value * ratio for value in annotation["bbox"])
        rows.append([CATEGORY_IDS.index(annotation["category_id"]), x + width / 2, y + height / 2, width, height])
    return np.array(rows, np.float32).reshape(-1, 5)


def batches(seed, count, size, source):
    """Yields (pixels [n, 3, SIZE, SIZE] float32, targets [n, most, 5], present [n, most])."""
    pixels, targets = [], []
    for entry, picture in stream_scenes(seed, count, source):
        pixels.append(picture)
        targets.append(to_targets(entry))
        if len(pixels) == size:
            most = max(1, max(len(rows) for rows in targets))
            padded = torch.zeros(size, most, 5)
            present = torch.zeros(size, most, dtype=torch.bool)
            for i, rows in enumerate(targets):
                padded[i, : len(rows)] = torch.from_numpy(rows)
                present[i, : len(rows)] = True
            yield torch.from_numpy(np.stack(pixels)).float(), padded, present
            pixels, targets = [], []


# ---------------------------------------------------------------- network, with the attribute names of the official one


class BaseConv(nn.Module):
    def __init__(self, inputs, outputs, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, (kernel - 1) // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)

    def forward(self, x):
        return F.silu(self.bn(self.conv(x)))


class Focus(nn.Module):
    def __init__(self, outputs):
        super().__init__()
        self.conv = BaseConv(12, outputs, 3)

    def forward(self, x):
        corners = (x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2])
        return self.conv(torch.cat(corners, 1))


class Bottleneck(nn.Module):
    def __init__(self, channels, shortcut):
        super().__init__()
        self.conv1 = BaseConv(channels, channels, 1)
        self.conv2 = BaseConv(channels, channels, 3)
        self.shortcut = shortcut

    def forward(self, x):
        y = self.conv2(self.conv1(x))
        return x + y if self.shortcut else y


class CSPLayer(nn.Module):
    def __init__(self, inputs, outputs, repeats, shortcut):
        super().__init__()
        hidden = outputs // 2
        self.conv1 = BaseConv(inputs, hidden, 1)
        self.conv2 = BaseConv(inputs, hidden, 1)
        self.conv3 = BaseConv(2 * hidden, outputs, 1)
        self.m = nn.Sequential(*(Bottleneck(hidden, shortcut) for _ in range(repeats)))

    def forward(self, x):
        return self.conv3(torch.cat((self.m(self.conv1(x)), self.conv2(x)), 1))


class SPPBottleneck(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = BaseConv(channels, channels // 2, 1)
        self.conv2 = BaseConv(channels * 2, channels, 1)

    def forward(self, x):
        x = self.conv1(x)
        return self.conv2(torch.cat([x] + [F.max_pool2d(x, k, 1, k // 2) for k in (5, 9, 13)], 1))


class CSPDarknet(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.stem = Focus(c)
        self.dark2 = nn.Sequential(BaseConv(c, 2 * c, 3, 2), CSPLayer(2 * c, 2 * c, 1, True))
        self.dark3 = nn.Sequential(BaseConv(2 * c, 4 * c, 3, 2), CSPLayer(4 * c, 4 * c, 3, True))
        self.dark4 = nn.Sequential(BaseConv(4 * c, 8 * c, 3, 2), CSPLayer(8 * c, 8 * c, 3, True))
        self.dark5 = nn.Sequential(
            BaseConv(8 * c, 16 * c, 3, 2), SPPBottleneck(16 * c), CSPLayer(16 * c, 16 * c, 1, False)
        )

    def forward(self, x):
        x = self.dark2(self.stem(x))
        three = self.dark3(x)
        four = self.dark4(three)
        return three, four, self.dark5(four)


class YOLOPAFPN(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.backbone = CSPDarknet(c)
        self.lateral_conv0 = BaseConv(16 * c, 8 * c, 1)
        self.C3_p4 = CSPLayer(16 * c, 8 * c, 1, False)
        self.reduce_conv1 = BaseConv(8 * c, 4 * c, 1)
        self.C3_p3 = CSPLayer(8 * c, 4 * c, 1, False)
        self.bu_conv2 = BaseConv(4 * c, 4 * c, 3, 2)
        self.C3_n3 = CSPLayer(8 * c, 8 * c, 1, False)
        self.bu_conv1 = BaseConv(8 * c, 8 * c, 3, 2)
        self.C3_n4 = CSPLayer(16 * c, 16 * c, 1, False)

    def forward(self, x):
        three, four, five = self.backbone(x)
        lateral5 = self.lateral_conv0(five)
        lateral4 = self.reduce_conv1(self.C3_p4(torch.cat((F.interpolate(lateral5, scale_factor=2), four), 1)))
        out3 = self.C3_p3(torch.cat((F.interpolate(lateral4, scale_factor=2), three), 1))
        out4 = self.C3_n3(torch.cat((self.bu_conv2(out3), lateral4), 1))
        out5 = self.C3_n4(torch.cat((self.bu_conv1(out4), lateral5), 1))
        return out3, out4, out5


class YOLOXHead(nn.Module):
    def __init__(self, c, classes):
        super().__init__()
        h = 4 * c
        two = lambda: nn.Sequential(BaseConv(h, h, 3), BaseConv(h, h, 3))
        self.stems = nn.ModuleList(BaseConv(n * c, h, 1) for n in (4, 8, 16))
        self.cls_convs = nn.ModuleList(two() for _ in STRIDES)
        self.reg_convs = nn.ModuleList(two() for _ in STRIDES)
        self.cls_preds = nn.ModuleList(nn.Conv2d(h, classes, 1) for _ in STRIDES)
        self.reg_preds = nn.ModuleList(nn.Conv2d(h, 4, 1) for _ in STRIDES)
        self.obj_preds = nn.ModuleList(nn.Conv2d(h, 1, 1) for _ in STRIDES)
        for pred in [*self.cls_preds, *self.obj_preds]:
            nn.init.constant_(pred.bias, -math.log((1 - 0.01) / 0.01))

    def forward(self, levels):
        rows = []
        for k, x in enumerate(levels):
            x = self.stems[k](x)
            reg = self.reg_convs[k](x)
            out = (self.reg_preds[k](reg), self.obj_preds[k](reg), self.cls_preds[k](self.cls_convs[k](x)))
            rows.append(torch.cat(out, 1).flatten(2).transpose(1, 2))
        return torch.cat(rows, 1)


class YOLOX(nn.Module):
    """pixels [n, 3, SIZE, SIZE] -> [n, anchors, 4 + 1 + CLASSES], logits, boxes not decoded."""

    def __init__(self):
        super().__init__()
        self.backbone = YOLOPAFPN(WIDTH)
        self.head = YOLOXHead(WIDTH, CLASSES)

    def forward(self, x):
        return self.head(self.backbone(x))


def anchors():
    """[anchors, 2] grid positions (column, row) and [anchors, 1] strides."""
    grids, strides = [], []
    for stride in STRIDES:
        n = SIZE // stride
        row, column = torch.meshgrid(torch.arange(n), torch.arange(n), indexing="ij")
        grids.append(torch.stack((column, row), 2).reshape(-1, 2).float())
        strides.append(torch.full((n * n, 1), float(stride)))
    return torch.cat(grids), torch.cat(strides)


GRID, STRIDE = anchors()


def decode(raw):
    """Boxes [n, anchors, 4]: centre x, centre y, width, height in input pixels."""
    return torch.cat(((raw[..., :2] + GRID) * STRIDE, raw[..., 2:4].exp() * STRIDE), -1)


# ---------------------------------------------------------------- assignment and loss


def pairwise_iou(a, b):
    """a [n, g, 4] and b [n, k, 4] as centre, size -> [n, g, k]"""
    low = torch.maximum((a[..., :2] - a[..., 2:] / 2)[:, :, None], (b[..., :2] - b[..., 2:] / 2)[:, None])
    high = torch.minimum((a[..., :2] + a[..., 2:] / 2)[:, :, None], (b[..., :2] + b[..., 2:] / 2)[:, None])
    common = (high - low).clamp(min=0).prod(-1)
    return common / (a[..., 2:].prod(-1)[:, :, None] + b[..., 2:].prod(-1)[:, None] - common + 1e-9)


@torch.no_grad()
def assign(raw, boxes, targets, present):
    """SimOTA for a whole batch: which target each anchor has ([n, anchors], -1 for none) and the IoU with it."""
    centre = (GRID + 0.5) * STRIDE
    delta = (centre[None, None] - targets[:, :, None, 1:3]).abs()
    in_box = (delta < targets[:, :, None, 3:5] / 2).all(-1)
    in_centre = (delta < 2.5 * STRIDE[:, 0][None, None, :, None]).all(-1)
    candidates = ((in_box | in_centre) & present[..., None]).any(1, keepdim=True)
    iou = pairwise_iou(targets[..., 1:], boxes) * candidates

    probability = (raw[..., 5:].sigmoid() * raw[..., 4:5].sigmoid()).sqrt().clamp(1e-7, 1 - 1e-7)
    other = -torch.log1p(-probability)
    index = targets[..., 0].long()[..., None].expand(-1, -1, raw.shape[1])
    own = probability.transpose(1, 2).gather(1, index)
    classification = other.sum(-1)[:, None] + torch.log1p(-own) - own.log()
    cost = classification - 3 * (iou + 1e-8).log() + 1e5 * ~(in_box & in_centre) + 1e8 * ~candidates
    cost = cost + 1e9 * ~present[..., None]

    wanted = iou.topk(10, -1).values.sum(-1).int().clamp(min=1)
    ranked = cost.topk(10, -1, largest=False)
    taken = (torch.arange(10) < wanted[..., None]) & (ranked.values < 1e7)
    matches = torch.zeros_like(cost, dtype=torch.bool).scatter_(2, ranked.indices, taken)
    # An anchor that several targets want goes to the cheapest.
    best = cost.masked_fill(~matches, math.inf).argmin(1)
    assigned = torch.where(matches.any(1), best, torch.full_like(best, -1))
    return assigned, iou.gather(1, best[:, None])[:, 0]


def loss_of(raw, targets, present, with_l1):
    boxes = decode(raw)
    assigned, iou = assign(raw, boxes, targets, present)
    positive = assigned >= 0
    count = positive.sum().clamp(min=1)
    image = torch.arange(len(raw))[:, None].expand_as(assigned)[positive]
    wanted = targets[image, assigned[positive]]
    found = boxes[positive]
    low = torch.maximum(found[:, :2] - found[:, 2:] / 2, wanted[:, 1:3] - wanted[:, 3:] / 2)
    high = torch.minimum(found[:, :2] + found[:, 2:] / 2, wanted[:, 1:3] + wanted[:, 3:] / 2)
    common = (high - low).clamp(min=0).prod(1)
    overlap = common / (found[:, 2:].prod(1) + wanted[:, 3:].prod(1) - common + 1e-9)
    box = (1 - overlap**2).sum()
    objectness = F.binary_cross_entropy_with_logits(raw[..., 4], positive.float(), reduction="sum")
    classes = F.one_hot(wanted[:, 0].long(), CLASSES) * iou[positive][:, None]
    classification = F.binary_cross_entropy_with_logits(raw[..., 5:][positive], classes, reduction="sum")
    total = 5 * box + objectness + classification
    if with_l1:
        anchor = torch.arange(raw.shape[1])[None].expand_as(assigned)[positive]
        offset = wanted[:, 1:3] / STRIDE[anchor] - GRID[anchor]
        target = torch.cat((offset, (wanted[:, 3:] / STRIDE[anchor]).log()), 1)
        total = total + F.l1_loss(raw[..., :4][positive], target, reduction="sum")
    return total / count, box / count, objectness / count, classification / count


# ---------------------------------------------------------------- evaluation, of its own


def suppress(boxes, scores):
    """Greedy NMS on xyxy boxes: indices kept, best first."""
    order = np.argsort(-scores, kind="stable")
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while len(order):
        first, rest = order[0], order[1:]
        kept.append(first)
        low = np.maximum(boxes[first, :2], boxes[rest, :2])
        high = np.minimum(boxes[first, 2:], boxes[rest, 2:])
        common = np.clip(high - low, 0, None).prod(1)
        order = rest[common / (area[first] + area[rest] - common) <= NMS]
    return kept


@torch.no_grad()
def detect(model, entries, pictures):
    """By image id the detections [n, 6]: x, y, width, height in picture pixels, score, class index."""
    found = {}
    for start in range(0, len(entries), 20):
        raw = model(torch.from_numpy(np.stack(pictures[start : start + 20])).float())
        boxes = decode(raw).numpy()
        confidence, best = raw[..., 5:].sigmoid().max(-1)
        scores = (confidence * raw[..., 4].sigmoid()).numpy()
        for i, entry in enumerate(entries[start : start + 20]):
            keep = scores[i] >= CONF
            box, score, cls = boxes[i][keep], scores[i][keep], best[i].numpy()[keep]
            corners = np.concatenate((box[:, :2] - box[:, 2:] / 2, box[:, :2] + box[:, 2:] / 2), 1)
            rows = []
            for index in np.unique(cls):
                mine = np.flatnonzero(cls == index)
                rows += [mine[k] for k in suppress(corners[mine], score[mine])]
            rows = np.array(rows, int)
            xywh = np.concatenate((corners[rows, :2], corners[rows, 2:] - corners[rows, :2]), 1)
            xywh = xywh / np.float32(entry["letterboxRatio"])
            found[entry["id"]] = np.concatenate((xywh, score[rows, None], cls[rows, None]), 1).astype(np.float64)
    return found


def coco_iou(found, truth, crowd):
    """IoU [found, truth] of xywh boxes; against a crowd, the share of the detection that is inside."""
    low = np.maximum(found[:, None, :2], truth[None, :, :2])
    high = np.minimum(found[:, None, :2] + found[:, None, 2:4], truth[None, :, :2] + truth[None, :, 2:4])
    common = np.clip(high - low, 0, None).prod(2)
    own = found[:, 2:4].prod(1)[:, None]
    return common / np.where(crowd[None], own, own + truth[None, :, 2:4].prod(2) - common)


def average_precision(entries, found, area_range=(0, 1e10)):
    """[10 thresholds, classes] of COCO's 101-point average precision, NaN for a class without ground truth."""
    thresholds = np.linspace(0.5, 0.95, 10)
    result = np.full((10, CLASSES), np.nan)
    for cls, category in enumerate(CATEGORY_IDS):
        scores, hits, ignored, positives = [], [], [], 0
        for entry in sorted(entries, key=lambda e: e["id"]):
            mine = [a for a in entry["annotations"] if a["category_id"] == category]
            truth = np.array([a["bbox"] for a in mine], float).reshape(-1, 4)
            crowd = np.array([a["iscrowd"] for a in mine], bool)
            skip = np.array([a["iscrowd"] or not area_range[0] <= a["area"] <= area_range[1] for a in mine], bool)
            order = np.argsort(skip, kind="stable")
            truth, crowd, skip = truth[order], crowd[order], skip[order]
            positives += int((~skip).sum())
            rows = found[entry["id"]]
            rows = rows[rows[:, 5] == cls]
            rows = rows[np.argsort(-rows[:, 4], kind="stable")][:100]
            iou = coco_iou(rows, truth, crowd)
            hit = np.zeros((10, len(rows)), bool)
            ignore = np.zeros((10, len(rows)), bool)
            area = rows[:, 2] * rows[:, 3]
            outside = (area < area_range[0]) | (area > area_range[1])
            for t, threshold in enumerate(thresholds):
                used = np.zeros(len(truth), bool)
                for d in range(len(rows)):
                    best, at = min(threshold, 1 - 1e-10), -1
                    for g in range(len(truth)):
                        if used[g] and not crowd[g]:
                            continue
                        if at >= 0 and not skip[at] and skip[g]:
                            break
                        if iou[d, g] >= best:
                            best, at = iou[d, g], g
                    if at >= 0:
                        used[at] = True
                        hit[t, d], ignore[t, d] = True, skip[at]
                    else:
                        ignore[t, d] = outside[d]
            scores.append(rows[:, 4])
            hits.append(hit)
            ignored.append(ignore)
        if positives == 0:
            continue
        order = np.argsort(-np.concatenate(scores), kind="stable")
        hit, ignore = np.concatenate(hits, 1)[:, order], np.concatenate(ignored, 1)[:, order]
        for t in range(10):
            right = np.cumsum(hit[t] & ~ignore[t])
            wrong = np.cumsum(~hit[t] & ~ignore[t])
            recall = right / positives
            precision = right / (right + wrong + np.spacing(1))
            precision = np.maximum.accumulate(precision[::-1])[::-1]
            at = np.searchsorted(recall, np.linspace(0, 1, 101), side="left")
            result[t, cls] = np.append(precision, 0)[np.minimum(at, len(precision))].mean()
    return result


def evaluate(model, scenes):
    model.eval()
    entries = [entry for entry, _ in scenes]
    found = detect(model, entries, [picture for _, picture in scenes])
    table = average_precision(entries, found)
    areas = {"APs": (0, 32**2), "APm": (32**2, 96**2), "APl": (96**2, 1e10)}
    return {
        "AP": np.nanmean(table),
        "AP50": np.nanmean(table[0]),
        "AP75": np.nanmean(table[5]),
        **{name: np.nanmean(average_precision(entries, found, area)) for name, area in areas.items()},
        "categories": {str(category): table[:, i].mean() for i, category in enumerate(CATEGORY_IDS)},
    }


# ---------------------------------------------------------------- training


def rounded(state):
    """Convolutions as float16; batch norm stays float32: variances of 0-255 inputs can pass float16's largest number."""
    return {
        name: value.half() if ".conv.weight" in name or "_preds." in name else value for name, value in state.items()
    }


def load(path):
    state = torch.load(path, map_location="cpu")["model"]
    model = YOLOX()
    model.load_state_dict({name: value.float() if value.is_floating_point() else value for name, value in state.items()})
    return model


def train(options, scenes):
    torch.manual_seed(options.seed)
    model = YOLOX().to(memory_format=torch.channels_last)
    average = copy.deepcopy(model).eval()
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim == 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": options.weight_decay}, {"params": others, "weight_decay": 0}], lr=options.lr
    )
    begun = time.time()
    sums = np.zeros(4)
    source = batches(TRAINING_SEED, options.steps * options.batch, options.batch, options.source)
    for step, (pixels, targets, present) in enumerate(source, 1):
        warm = min(1, step / options.warmup)
        rate = 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * step / options.steps))
        for group in optimizer.param_groups:
            group["lr"] = options.lr * warm * rate
        model.train()
        losses = loss_of(model(pixels.to(memory_format=torch.channels_last)), targets, present, with_l1=step > (1 - options.l1) * options.steps)
        optimizer.zero_grad(set_to_none=True)
        losses[0].backward()
        nn.utils.clip_grad_norm_(model.parameters(), 20)
        optimizer.step()
        with torch.no_grad():
            decay = options.ema * (1 - math.exp(-step / 300))
            for mine, its in zip(average.state_dict().values(), model.state_dict().values()):
                if mine.is_floating_point():
                    mine.mul_(decay).add_(its, alpha=1 - decay)
                else:
                    mine.copy_(its)
        sums += [float(value) for value in losses]
        if step % 50 == 0:
            total, box, objectness, classification = sums / 50
            print(
                f"{step}/{options.steps} loss {total:.3f} box {box:.3f} obj {objectness:.3f} cls {classification:.3f} "
                f"{(time.time() - begun) / step:.3f} s a step",
                flush=True,
            )
            sums[:] = 0
        if step % options.check == 0 or step == options.steps:
            save(average, os.path.join(options.out, "yolox-scenes.pth"))
            figures = evaluate(average, scenes)
            print(json.dumps({"step": step, **{k: round(v, 4) for k, v in figures.items() if k != "categories"}}), flush=True)
    return time.time() - begun


def save(model, path):
    torch.save({"model": rounded(model.state_dict())}, f"{path}.part")
    os.replace(f"{path}.part", path)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="sample")
    parser.add_argument("--evaluate", metavar="FILE")
    parser.add_argument("--source", default=SOURCE_OF_SCENES, help="the compiled stream-scenes.js")
    parser.add_argument("--steps", type=int, default=4200)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--weight-decay", type=float, default=5e-4)
    parser.add_argument("--warmup", type=int, default=200)
    parser.add_argument("--ema", type=float, default=0.998)
    parser.add_argument("--l1", type=float, default=0.15, help="share of the steps, the last ones, with the L1 loss")
    parser.add_argument("--seed", type=int, default=1, help="of the first weights")
    parser.add_argument("--check", type=int, default=700, help="steps between two evaluations")
    parser.add_argument("--threads", type=int, default=1, help="of the network; the scenes take another core")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    scenes = list(stream_scenes(EVALUATION_SEED, EVALUATION_SCENES, options.source))
    if options.evaluate:
        print(json.dumps(evaluate(load(options.evaluate), scenes), indent=2))
        return
    os.makedirs(options.out, exist_ok=True)
    seconds = train(options, scenes)
    weights = os.path.join(options.out, "yolox-scenes.pth")
    figures = evaluate(load(weights), scenes)
    with open(weights, "rb") as file:
        sha256 = hashlib.sha256(file.read()).hexdigest()
    record = {
        "file": {"name": "yolox-scenes.pth", "sha256": sha256},
        "training": {
            "seed": TRAINING_SEED,
            "scenes": options.steps * options.batch,
            **{name: getattr(options, name) for name in ("steps", "batch", "lr", "weight_decay", "warmup", "ema", "l1")},
            "weightSeed": options.seed,
            "parameters": sum(p.numel() for p in YOLOX().parameters()),
            "seconds": round(seconds),
            "torch": torch.__version__,
        },
        "evaluation": {
            "dataset": f"scenes:{EVALUATION_SCENES}?seed={EVALUATION_SEED}",
            "size": SIZE,
            "conf": CONF,
            "nms": NMS,
            "figures": figures,
        },
    }
    with open(os.path.join(options.out, "figures.json"), "w") as file:
        json.dump(record, file, indent=2)
        file.write("\n")
    print(json.dumps(record, indent=2))


if __name__ == "__main__":
    main()
