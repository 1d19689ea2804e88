"""Whole detectors with random weights, and the boxes that torch says they find: `detectors.py FOLDER`.

For each detector NAME writes NAME.onnx, NAME.yaml (a data description with a head block), NAME.npz (three
images), and NAME.boxes.npz with boxes.0 ... boxes.2 as rows class, score, left, top, right, bottom in parts
of the image. The networks run in torch; heads, anchors and coders are torchvision's where it has them
(SSDLite, RetinaNet), otherwise written after the papers. Prints the names.
"""
import sys
import warnings

import numpy as np
import torch
from torch import nn
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.retinanet import RetinaNetHead
from torchvision.models.detection.ssdlite import SSDLiteHead
from torchvision.ops import batched_nms, box_convert

warnings.filterwarnings("ignore")
folder = sys.argv[1]
W, H, CLASSES = 96, 64, 3
names = []


class Body(nn.Module):
    """Feature maps of strides 8 and 16."""

    def __init__(self, width=32):
        super().__init__()
        def block(i, o):
            return nn.Sequential(nn.Conv2d(i, o, 3, 2, 1, bias=False), nn.BatchNorm2d(o), nn.ReLU())
        self.first = nn.Sequential(block(3, 16), block(16, 24), block(24, width))
        self.second = block(width, width)

    def forward(self, x):
        first = self.first(x)
        return [first, self.second(first)]


class Detector(nn.Module):
    def __init__(self, body, head):
        super().__init__()
        self.body, self.head = body, head

    def forward(self, x):
        return self.head(self.body(x))


def case(name, head, yaml, decode, outputs, score, overlap):
    torch.manual_seed(len(names))
    model = Detector(Body(), head)
    for path, module in model.named_modules():
        # Wide enough that scores and boxes differ from cell to cell, without sizes of exp(10).
        if isinstance(module, nn.Conv2d):
            gain = 1.0 if path.startswith("head") else 3.0
            nn.init.normal_(module.weight, std=(gain / module.weight[0].numel()) ** 0.5)
            if module.bias is not None:
                nn.init.normal_(module.bias, std=0.3)
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.fill_(1.5)
    model.eval()
    images = np.random.default_rng(len(names)).integers(0, 256, (3, 3, H, W), dtype=np.uint8)
    x = (torch.from_numpy(images).float() / 255 - 0.5) / 0.25
    with torch.no_grad():
        made = model(x)
        torch.onnx.export(
            model, (x[:1],), f"{folder}/{name}.onnx", input_names=["images"], output_names=outputs,
            dynamic_axes={key: {0: "batch"} for key in ["images", *outputs]}, opset_version=17, dynamo=False)
        made = dict(zip(outputs, made if isinstance(made, (tuple, list)) else [made]))
        arrays = {}
        for sample in range(3):
            boxes, scores, classes = decode({key: value[sample].double() for key, value in made.items()}, model, x)
            keep = scores > score
            boxes, scores, classes = boxes[keep], scores[keep], classes[keep]
            keep = batched_nms(boxes, scores, classes, overlap)[:300]
            arrays[f"boxes.{sample}"] = torch.cat(
                [classes[keep, None].double(), scores[keep, None], boxes[keep]], 1).numpy()
    np.savez(f"{folder}/{name}.boxes.npz", **arrays)
    np.savez(f"{folder}/{name}.npz", images=images)
    with open(f"{folder}/{name}.yaml", "w") as file:
        file.write(
            f"data: {name}.npz\ntask: detection\ninput: {{mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25]}}\n"
            f"classes: [a, b, c]\nhead: {{{yaml}, score: {score}, nms: {overlap}, limit: 300}}\n")
    names.append(name)


def spread(boxes, scores):
    m, c = scores.shape
    return boxes[:, None].expand(m, c, 4).reshape(-1, 4), scores.reshape(-1), torch.arange(c).repeat(m)


scale = torch.tensor([W, H, W, H]).double()


# SSDLite with torchvision's head and default boxes.
class SSD(nn.Module):
    def __init__(self):
        super().__init__()
        self.boxes = DefaultBoxGenerator([[2], [2, 3]], min_ratio=0.2, max_ratio=0.9)
        self.head = SSDLiteHead([32, 32], self.boxes.num_anchors_per_location(), CLASSES + 1, nn.BatchNorm2d)

    def forward(self, maps):
        made = self.head(maps)
        return made["bbox_regression"], made["cls_logits"]


ssd = SSD()
with torch.no_grad():
    maps = [torch.zeros(1, 32, H // s, W // s) for s in (8, 16)]
    ssd_priors = ssd.boxes(ImageList(torch.zeros(1, 3, H, W), [(H, W)]), maps)[0].double()
np.save(f"{folder}/ssd_priors.npy", (ssd_priors / scale).float().numpy())
case("ssdlite", ssd, "type: ssd, offsets: loc, scores: conf, priors: ssd_priors.npy, format: xyxy",
     lambda o, m, x: spread(BoxCoder((10.0, 10.0, 5.0, 5.0)).decode_single(o["loc"], ssd_priors) / scale,
                            o["conf"].softmax(-1)[:, 1:]),
     ["loc", "conf"], 0.3, 0.45)


# RetinaNet: sigmoid scores, no background, variances of 1.
class Retina(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = RetinaNetHead(32, 9, CLASSES)

    def forward(self, maps):
        made = self.head(maps)
        return made["bbox_regression"], made["cls_logits"]


anchors = AnchorGenerator([[s, int(s * 2 ** (1 / 3)), int(s * 2 ** (2 / 3))] for s in (16, 32)], [(0.5, 1.0, 2.0)] * 2)
retina_anchors = anchors(ImageList(torch.zeros(1, 3, H, W), [(H, W)]), maps)[0].double()
np.save(f"{folder}/retina_anchors.npy", (retina_anchors / scale).float().numpy())
case("retinanet", Retina(),
     "type: ssd, offsets: boxes_out, scores: logits, priors: retina_anchors.npy, format: xyxy, variances: [1, 1],"
     " background: none, activation: sigmoid",
     lambda o, m, x: spread(BoxCoder((1.0, 1.0, 1.0, 1.0)).decode_single(o["boxes_out"], retina_anchors) / scale,
                            o["logits"].sigmoid()),
     ["boxes_out", "logits"], 0.6, 0.5)


# YOLO with anchors: version 3 as plain maps, version 5 as its export lays it out.
sizes = [[(10, 13), (16, 30), (33, 23)], [(30, 61), (62, 45), (59, 90)]]
flat = [[v for pair in row for v in pair] for row in sizes]


class Grids(nn.Module):
    def __init__(self, channels, moves):
        super().__init__()
        self.out = nn.ModuleList([nn.Conv2d(32, channels, 1) for _ in range(2)])
        self.moves = moves

    def forward(self, maps):
        made = [conv(map) for conv, map in zip(self.out, maps)]
        if self.moves:
            made = [t.view(t.shape[0], 3, 5 + CLASSES, t.shape[2], t.shape[3]).permute(0, 1, 3, 4, 2) for t in made]
        return tuple(made)


def cells(h, w):
    y, x = torch.meshgrid(torch.arange(h), torch.arange(w), indexing="ij")
    return torch.stack([x, y], -1).double()


def yolo(version):
    def decode(o, m, x):
        found = []
        for index, stride in enumerate((8, 16)):
            t, (h, w) = o[f"p{index}"], (H // stride, W // stride)
            if version == "v3":
                t = t.reshape(3, 5 + CLASSES, h, w).permute(0, 2, 3, 1)
            s, size = t.sigmoid(), torch.tensor(sizes[index]).double().view(3, 1, 1, 2)
            if version == "v3":
                centre, wh = s[..., :2] + cells(h, w), size * t[..., 2:4].exp()
            else:
                centre, wh = s[..., :2] * 2 - 0.5 + cells(h, w), size * (s[..., 2:4] * 2) ** 2
            box = box_convert(torch.cat([centre * stride, wh], -1).reshape(-1, 4), "cxcywh", "xyxy") / scale
            found.append((box, (s[..., 4:5] * s[..., 5:]).reshape(-1, CLASSES)))
        return spread(torch.cat([b for b, _ in found]), torch.cat([s for _, s in found]))
    return decode


for version in ("v3", "v5"):
    case(f"yolo{version}", Grids(3 * (5 + CLASSES), version == "v5"),
         f"type: yolo, outputs: [p0, p1], anchors: {flat}, version: {version}", yolo(version), ["p0", "p1"], 0.3, 0.5)


# YOLOv8: distributions of distances as maps, and decoded in the graph by a convolution of 0 ... 15.
def dfl(t, stride):
    h, w = H // stride, W // stride
    side = (t[:64].view(4, 16, h, w).softmax(1) * torch.arange(16).double().view(1, 16, 1, 1)).sum(1)
    centre = cells(h, w).permute(2, 0, 1) + 0.5
    box = torch.cat([centre - side[:2], centre + side[2:]]) * stride
    return box.permute(1, 2, 0).reshape(-1, 4) / scale, t[64:].sigmoid().permute(1, 2, 0).reshape(-1, CLASSES)


def yolo8(o, m, x):
    found = [dfl(o[f"p{index}"], stride) for index, stride in enumerate((8, 16))]
    return spread(torch.cat([b for b, _ in found]), torch.cat([s for _, s in found]))


case("yolov8", Grids(64 + CLASSES, False), "type: yolo, outputs: [p0, p1], bins: 16", yolo8, ["p0", "p1"], 0.7, 0.6)


class Decoded(nn.Module):
    """As Ultralytics exports: (N, 4 + classes, M), centres and sizes in pixels."""

    def __init__(self):
        super().__init__()
        self.grids = Grids(64 + CLASSES, False)
        self.dfl = nn.Conv2d(16, 1, 1, bias=False)

    def forward(self, maps):
        made = []
        for t, stride in zip(self.grids(maps), (8, 16)):
            h, w = H // stride, W // stride
            bins = t[:, :64].reshape(-1, 4, 16, h * w).transpose(2, 1).softmax(1)
            side = self.dfl(bins).view(-1, 4, h * w)
            centre = (cells(h, w).float().reshape(-1, 2).T + 0.5)[None]
            low, high = centre - side[:, :2], centre + side[:, 2:]
            box = torch.cat([(low + high) / 2, high - low], 1) * stride
            made.append(torch.cat([box, t[:, 64:].reshape(-1, CLASSES, h * w).sigmoid()], 1))
        return torch.cat(made, 2)


class Fixed(Decoded):
    def forward(self, maps):
        self.dfl.weight.data = torch.arange(16).float().view(1, 16, 1, 1)
        return super().forward(maps)


def decoded(o, m, x):
    t = o["output0"].T
    return spread(box_convert(t[:, :4], "cxcywh", "xyxy") / scale, t[:, 4:])


case("yolov8_decoded", Fixed(), "type: boxes, boxes: output0", decoded, ["output0"], 0.7, 0.6)


# DETR: a softmax whose last class is none; no suppression would be usual, one is done here.
class Queries(nn.Module):
    def __init__(self):
        super().__init__()
        self.logits, self.boxes = nn.Conv2d(32, CLASSES + 1, 1), nn.Conv2d(32, 4, 1)

    def forward(self, maps):
        return (self.logits(maps[0]).flatten(2).transpose(1, 2),
                self.boxes(maps[0]).flatten(2).transpose(1, 2).sigmoid())


case("detr", Queries(),
     f"type: boxes, boxes: pred_boxes, scores: pred_logits, format: cxcywh, activation: softmax, background: {CLASSES}",
     lambda o, m, x: spread(box_convert(o["pred_boxes"], "cxcywh", "xyxy"), o["pred_logits"].softmax(-1)[:, :-1]),
     ["pred_logits", "pred_boxes"], 0.4, 0.5)
print("\n".join(names))
