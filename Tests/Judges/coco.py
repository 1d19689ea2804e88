"""COCO's twelve figures by pycocotools: `coco.py TRUTH.json RESULTS.json [TRUTH.json RESULTS.json ...]`.

Prints a JSON list for each pair; Python writes floats so that reading gives the same bits. Also the grids
of thresholds and points of recall that rest on NumPy's linspace.
"""
import contextlib
import io
import json
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

made = []
for truth, results in zip(sys.argv[1::2], sys.argv[2::2]):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO(truth)
        judge = COCOeval(coco, coco.loadRes(results), "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    made.append([float(value) for value in judge.stats])
print(json.dumps(made))
