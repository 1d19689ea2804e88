"""Boxes that a plan misses, adds and moves: `missed_boxes.py SCORE ORIGINAL.json PLAN.json ...`.

The files are lists of COCO results. By falling score each box of the plan takes the free box of its image and
class that it overlaps most, at 0.5 at least; it has moved below 0.9. Prints a JSON list of boxes of the
original, boxes of the plan, missed, added, moved, mean overlap of the pairs, for each plan.
"""
import json
import sys
from collections import defaultdict

import torch
from torchvision.ops import box_convert, box_iou

least = float(sys.argv[1])


def load(path):
    found = defaultdict(list)
    with open(path) as file:
        for box in json.load(file):
            if box["score"] >= least:
                found[box["image_id"], box["category_id"]].append((box["score"], box["bbox"]))
    return found


def corners(boxes):
    return box_convert(torch.tensor([box for _, box in boxes], dtype=torch.float64).reshape(-1, 4), "xywh", "xyxy")


original = load(sys.argv[2])
made = []
for path in sys.argv[3:]:
    plan = load(path)
    overlaps = []
    for key, boxes in plan.items():
        boxes.sort(key=lambda box: -box[0])
        table = box_iou(corners(boxes), corners(original[key]))
        for row in range(len(boxes)):
            if table.shape[1] == 0 or table[row].max() < 0.5:
                continue
            overlaps.append(table[row].max().item())
            table[:, table[row].argmax()] = -1
    counts = [sum(map(len, found.values())) for found in (original, plan)]
    made.append([
        *counts, counts[0] - len(overlaps), counts[1] - len(overlaps), sum(o < 0.9 for o in overlaps),
        sum(overlaps) / len(overlaps) if overlaps else 0])
print(json.dumps(made))
