"""Histograms and range finders against ONNX Runtime's calibrators: `ranges.py MADE.npz COUNT`.

For case i: i.a, i.b, ... batches of values; i.counts and i.edges the histogram of all of them;
i.percentile and i.entropy what was found on it; i.magnitude the symmetric percentile of i.a alone;
i.percent the percentage.
"""
import contextlib
import io
import sys

import numpy as np
from onnxruntime.quantization.calibrate import HistogramCollector

arrays = np.load(sys.argv[1])


def collector(method, symmetric, percent, batches):
    made = HistogramCollector(method, symmetric, 2048, 128, percent, "same")
    for batch in batches:
        made.collect({"x": batch})
    return made.get_histogram_dict()["x"], made.compute_collection_result()["x"]


for i in range(int(sys.argv[2])):
    batches = [arrays[f"{i}.{key}"] for key in "abcd" if f"{i}.{key}" in arrays]
    percent = float(arrays[f"{i}.percent"][0])
    with contextlib.redirect_stdout(io.StringIO()):
        histogram, percentile = collector("percentile", False, percent, batches)
        _, entropy = collector("entropy", False, percent, batches)
        _, magnitude = collector("percentile", True, percent, batches[:1])
    assert histogram[1].dtype == np.float32
    assert np.array_equal(histogram[0], arrays[f"{i}.counts"]), (i, "counts")
    assert np.array_equal(histogram[1], arrays[f"{i}.edges"]), (i, "edges")
    for name, theirs in (("percentile", percentile), ("entropy", entropy), ("magnitude", magnitude)):
        ours = arrays[f"{i}.{name}"]
        assert ours[0] == theirs[0] and ours[1] == theirs[1], (i, name, ours, theirs[:2])
print(sys.argv[2])
