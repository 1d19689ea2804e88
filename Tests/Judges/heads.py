"""Boxes that detectors' heads mean, by torch and torchvision: `heads.py FOLDER`.

For each case NAME writes NAME.yaml (a data description with a head block), NAME.npz (two images), and
NAME.out.npz: the outputs as NAME/OUTPUT for two samples, and boxes.0, boxes.1 as rows class, score, left,
top, right, bottom. Decoding is written after the papers with torch operations; suppression is torchvision's
batched_nms, SSD's decoding torchvision's BoxCoder, and expected distances torch's softmax and matmul.
Prints the names of the cases.
"""
import sys

import numpy as np
import torch
from torchvision.models.detection._utils import BoxCoder
from torchvision.ops import batched_nms, box_convert

folder = sys.argv[1]
torch.manual_seed(3)
W, H = 96, 64
cases = []


def select(boxes, scores, classes, score, overlap):
    """Rows class, score, box of what is above the threshold and survives suppression."""
    keep = scores > score
    boxes, scores, classes = boxes[keep].double(), scores[keep].double(), classes[keep]
    keep = batched_nms(boxes, scores, classes, overlap) if overlap is not None else scores.argsort(descending=True, stable=True)
    return torch.cat([classes[keep, None].double(), scores[keep, None], boxes[keep]], 1).numpy()


def spread(boxes, scores):
    """One candidate for each box and class: (M, 4), (M, C) to (M C, 4), (M C), (M C)."""
    m, c = scores.shape
    return boxes[:, None].expand(m, c, 4).reshape(-1, 4), scores.reshape(-1), torch.arange(c).repeat(m)


def case(name, head, outputs, decode, score, overlap=0.5):
    with open(f"{folder}/{name}.yaml", "w") as file:
        file.write(f"data: {name}.npz\ntask: detection\nhead: {head}\n")
    np.savez(f"{folder}/{name}.npz", images=np.zeros((2, 3, H, W), np.uint8))
    arrays = {f"{key}": value.float().numpy() for key, value in outputs.items()}
    for sample in range(2):
        found = decode({key: value[sample].double() for key, value in outputs.items()})
        arrays[f"boxes.{sample}"] = select(*found, score, overlap)
    np.savez(f"{folder}/{name}.out.npz", **arrays)
    cases.append(name)


def grid(h, w):
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    return x.double(), y.double()


def rand(*shape):
    return torch.randn(*shape, dtype=torch.float32)


# CenterNet with sizes and offsets apart, logits, peaks of 3 x 3.
def centernet(o):
    heat = o["hm"]
    peaks = torch.nn.functional.max_pool2d(heat[None], 3, 1, 1)[0] == heat
    x, y = grid(*heat.shape[1:])
    h, w = heat.shape[1:]
    cx, cy = (x + o["reg"][0]) / w, (y + o["reg"][1]) / h
    bw, bh = o["wh"][0] / w, o["wh"][1] / h
    boxes = box_convert(torch.stack([cx, cy, bw, bh], -1).reshape(-1, 4), "cxcywh", "xyxy")
    scores = torch.where(peaks, heat.sigmoid(), torch.zeros_like(heat))
    return boxes.repeat(len(heat), 1), scores.reshape(-1), torch.arange(len(heat)).repeat_interleave(h * w)


case("centernet", "{type: centernet, heatmap: hm, size: wh, offset: reg, score: 0.3, nms: none}",
     {"hm": rand(2, 4, 8, 12), "wh": rand(2, 2, 8, 12).abs() * 3, "reg": torch.rand(2, 2, 8, 12)},
     centernet, 0.3, None)

# Anchors, three grids, both versions and both layouts.
anchors = [[10, 13, 16, 30, 33, 23], [30, 61, 62, 45, 59, 119]]
grids = [(8, 12), (4, 6)]


def anchor(version, last):
    def decode(o):
        found = []
        for index, (sizes, (h, w)) in enumerate(zip(anchors, grids)):
            t = o[f"p{index}"]
            t = t if last else t.reshape(3, -1, h, w).permute(0, 2, 3, 1)
            x, y = grid(h, w)
            size = torch.tensor(sizes).double().reshape(3, 1, 1, 2)
            s = t.sigmoid()
            if version == "v3":
                centre = torch.stack([s[..., 0] + x, s[..., 1] + y], -1)
                wh = size * t[..., 2:4].exp()
            else:
                centre = torch.stack([2 * s[..., 0] - 0.5 + x, 2 * s[..., 1] - 0.5 + y], -1)
                wh = size * (2 * s[..., 2:4]) ** 2
            centre = centre / torch.tensor([w, h])
            wh = wh / torch.tensor([W, H])
            boxes = box_convert(torch.cat([centre, wh], -1).reshape(-1, 4), "cxcywh", "xyxy")
            found.append((boxes, (s[..., 4:5] * s[..., 5:]).reshape(len(boxes), -1)))
        return spread(torch.cat([b for b, _ in found]), torch.cat([s for _, s in found]))
    return decode


for version in ["v3", "v5"]:
    for last in [False, True]:
        outputs = {
            f"p{i}": rand(2, 3, h, w, 7) if last else rand(2, 21, h, w) for i, (h, w) in enumerate(grids)
        }
        case(f"yolo_{version}_{'last' if last else 'first'}",
             f"{{type: yolo, outputs: [p0, p1], anchors: {anchors}, version: {version}, score: 0.2, nms: 0.45}}",
             outputs, anchor(version, last), 0.2, 0.45)


# Distances as distributions, and plain; scores in the same output, or in their own.
def distances(bins, apart):
    def decode(o):
        found = []
        for index, (h, w) in enumerate(grids):
            t, c = o[f"p{index}"], o.get(f"c{index}")
            if not apart:
                t, c = t[: 4 * bins], t[4 * bins :]
            side = t.reshape(4, bins, h, w)
            if bins > 1:
                side = torch.einsum("sbhw,b->shw", side.softmax(1), torch.arange(bins).double())
            else:
                side = side[:, 0]
            x, y = grid(h, w)
            box = torch.stack([(x + 0.5 - side[0]) / w, (y + 0.5 - side[1]) / h,
                               (x + 0.5 + side[2]) / w, (y + 0.5 + side[3]) / h], -1)
            found.append((box.reshape(-1, 4), c.sigmoid().permute(1, 2, 0).reshape(h * w, -1)))
        return spread(torch.cat([b for b, _ in found]), torch.cat([s for _, s in found]))
    return decode


case("dfl", "{type: yolo, outputs: [p0, p1], score: 0.6, nms: 0.7}",
     {f"p{i}": rand(2, 64 + 3, h, w) for i, (h, w) in enumerate(grids)}, distances(16, False), 0.6, 0.7)
case("distance", "{type: yolo, outputs: [p0, p1], scores: [c0, c1], bins: 1, score: 0.6}",
     {**{f"p{i}": rand(2, 4, h, w).abs() * 2 for i, (h, w) in enumerate(grids)},
      **{f"c{i}": rand(2, 3, h, w) for i, (h, w) in enumerate(grids)}}, distances(1, True), 0.6)

# SSD: torchvision's coder has the reciprocals of the variances as weights.
centres = torch.rand(40, 2) * 0.8 + 0.1
sizes = torch.rand(40, 2) * 0.3 + 0.05
priors = torch.cat([centres, sizes], 1)
np.save(f"{folder}/priors.npy", priors.numpy())


def ssd(o):
    coder = BoxCoder((10.0, 10.0, 5.0, 5.0), bbox_xform_clip=100.0)
    boxes = coder.decode_single(o["loc"], box_convert(priors.double(), "cxcywh", "xyxy"))
    return spread(boxes, o["conf"].softmax(1)[:, 1:])


case("ssd", "{type: ssd, offsets: loc, scores: conf, priors: priors.npy, score: 0.2, nms: 0.45}",
     {"loc": rand(2, 40, 4), "conf": rand(2, 40, 5) * 2}, ssd, 0.2, 0.45)


# Priors of grids: two sizes for each cell, row by row.
def grid_priors(o):
    rows = []
    for (h, w), sizes in zip([(3, 4), (1, 2)], [[(0.2, 0.3), (0.4, 0.1)], [(0.5, 0.6)]]):
        for y in range(h):
            for x in range(w):
                rows += [[(x + 0.5) / w, (y + 0.5) / h, *size] for size in sizes]
    boxes = BoxCoder((10.0, 10.0, 5.0, 5.0), bbox_xform_clip=100.0).decode_single(
        o["loc"], box_convert(torch.tensor(rows, dtype=torch.float32).double(), "cxcywh", "xyxy"))
    return spread(boxes, o["conf"].sigmoid())


case("ssd_grids",
     "{type: ssd, offsets: loc, scores: conf, maps: [[3, 4], [1, 2]], sizes: [[0.2, 0.3, 0.4, 0.1], [0.5, 0.6]],"
     " background: none, activation: sigmoid, score: 0.6}",
     {"loc": rand(2, 26, 4), "conf": rand(2, 26, 2)}, grid_priors, 0.6)

# Boxes already: corners in parts of the image with a background; centres in pixels in one output.
corners = torch.rand(2, 50, 4).sort(-1).values[..., [0, 1, 2, 3]]
case("boxes", "{type: boxes, boxes: b, scores: s, background: 0, score: 0.4}",
     {"b": corners, "s": torch.rand(2, 50, 3).softmax(-1) + 0.1},
     lambda o: spread(o["b"], o["s"][:, 1:]), 0.4)


def pixels(o):
    t = o["output0"].T
    boxes = box_convert(t[:, :4], "cxcywh", "xyxy") / torch.tensor([W, H, W, H])
    return spread(boxes, t[:, 4:])


combined = torch.cat([torch.rand(2, 2, 60) * 64, torch.rand(2, 2, 60) * 30, torch.rand(2, 5, 60)], 1)
case("combined", "{type: boxes, boxes: output0, score: 0.5, nms: 0.6}", {"output0": combined}, pixels, 0.5, 0.6)


def objectness(o):
    t = o["output"]
    boxes = box_convert(t[:, :4], "cxcywh", "xyxy") / torch.tensor([W, H, W, H])
    return spread(boxes, t[:, 4:5] * t[:, 5:])


case("objectness", "{type: boxes, boxes: output, objectness: yes, score: 0.3}",
     {"output": torch.cat([torch.rand(2, 60, 2) * 64, torch.rand(2, 60, 2) * 30, torch.rand(2, 60, 4)], 2)},
     objectness, 0.3)

# Boxes with labels, as after a suppression in the graph; TensorFlow's order.
labels = torch.randint(1, 4, (2, 20)).float()
case("labels", "{type: boxes, boxes: b, scores: s, labels: l, format: yxyx, background: 0, score: 0.2, nms: none}",
     {"b": torch.rand(2, 20, 4).sort(-1).values, "s": torch.rand(2, 20), "l": labels},
     lambda o: (o["b"][:, [1, 0, 3, 2]], o["s"], o["l"].long() - 1), 0.2, None)
print("\n".join(cases))
