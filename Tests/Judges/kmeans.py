"""k-means of numbers against scikit-learn's Lloyd from the same start: `kmeans.py MADE.npz COUNT`.

For case i: i.x values, i.start centres at first, i.end centres at the end.
"""
import sys
import warnings

import numpy as np
from sklearn.cluster import KMeans

warnings.simplefilter("ignore")
arrays = np.load(sys.argv[1])
for i in range(int(sys.argv[2])):
    x, start, end = (arrays[f"{i}.{key}"].astype(np.float64) for key in ("x", "start", "end"))
    made = KMeans(
        len(start), init=start[:, None], n_init=1, max_iter=300, tol=0, algorithm="lloyd"
    ).fit(x[:, None])
    theirs = np.sort(made.cluster_centers_.ravel())
    assert np.allclose(theirs, end, rtol=1e-9, atol=1e-12), (i, theirs, end)
print(sys.argv[2])
