"""Weight schemes against torch and NumPy: `quantizers.py MADE.npz CASES.json` prints how many agree.

For case i: i.w weights, i.v what became of them, i.p the place of each weight's scale or palette, and
where they exist i.s scales, i.z zero points, i.q codes, i.l palettes.
"""
import json
import sys

import numpy as np
import torch

torch.set_num_threads(1)
arrays = np.load(sys.argv[1])
cases = json.load(open(sys.argv[2]))
F = np.float32


def pruned(w, amount):
    v = w.copy().ravel()
    v[np.argsort(np.abs(v), kind="stable")[: round(amount * v.size)]] = 0
    return v


def parameters(low, high, bits, symmetric):
    if symmetric:
        s = F(max(abs(low), abs(high))) / F(2 ** (bits - 1) - 1)
        return (s if s > 0 else F(1)), F(0), -F(2 ** (bits - 1) - 1), F(2 ** (bits - 1) - 1)
    low, high, top = min(low, F(0)), max(high, F(0)), F(2**bits - 1)
    s = F(high - low) / top
    s = s if s > 0 else F(1)
    return s, F(np.clip(np.rint(-low / s), 0, top)), F(0), top


def rounded(x, s, z, lo, hi):
    q = np.clip(np.rint((x / s).astype(F)) + z, lo, hi)
    return q, ((q - z) * s).astype(F)


def integers(c, x):
    """Scale and zero point of one place by min-max or by the least square error."""
    bits, symmetric = c["bits"], c["scheme"] == "symmetric"
    kept = x[x != 0]
    low, high = (kept.min(), kept.max()) if kept.size else (F(0), F(0))
    if c["range"] == "minmax":
        return parameters(low, high, bits, symmetric)
    best = None
    for i in range(80):
        share = F(1) - F(i) / F(100)
        found = parameters(low * share, high * share, bits, symmetric)
        error = ((x - rounded(x, *found)[1]).astype(np.float64) ** 2).sum()
        if best is None or error < best[0] * (1 - 1e-12):
            best = (error, found)
    return best[1]


def torch_agrees(k, v, s, z, p, lo, hi):
    """torch multiplies by 1 / s, so that numbers half-way between codes may fall the other way."""
    for place in np.unique(p):
        x = torch.from_numpy(k[p == place].copy())
        if hi - lo > 255:
            return
        made = torch.fake_quantize_per_tensor_affine(
            x, float(s[place]), int(z[place]), int(lo), int(hi)).numpy()
        x = x.numpy().astype(np.float64) / float(s[place])
        tie = np.abs(np.abs(x - np.floor(x)) - 0.5) < 1e-4
        assert (np.isclose(made, v[p == place], rtol=1e-6, atol=0) | tie).all()


for c in cases:
    i = c["id"]
    w, v, p = (arrays[f"{i}.{key}"].ravel() for key in "wvp")
    k = pruned(w, c["amount"])
    assert np.all(v[k == 0] == 0), (c, "zeros kept")
    scheme = c["scheme"]
    if scheme in ("symmetric", "asymmetric") and c["bits"] == 1 and scheme == "symmetric":
        s = arrays[i + ".s"].ravel()
        for place in np.unique(p):
            x = k[p == place]
            mean = np.abs(x[x != 0].astype(np.float64)).mean() if (x != 0).any() else 1
            assert np.isclose(s[place], mean, rtol=2e-7), c
            assert np.array_equal(v[p == place], np.sign(x) * s[place]), c
    elif scheme in ("symmetric", "asymmetric"):
        s, q = arrays[i + ".s"].ravel(), arrays[i + ".q"].ravel().astype(F)
        z = arrays[i + ".z"].ravel().astype(F) if scheme == "asymmetric" else np.zeros_like(s)
        for place in np.unique(p):
            x = k[p == place]
            found = integers(c, x)
            if c["range"] == "minmax" or s[place] == found[0]:
                assert s[place] == found[0] and z[place] == found[1], (c, place, s[place], found)
            else:  # two shares with the same error but for the order of the sum
                e = [((x - rounded(x, a, b, *found[2:])[1]).astype(float) ** 2).sum()
                     for a, b in ((s[place], z[place]), found[:2])]
                assert np.isclose(*e, rtol=1e-9), (c, place, e)
            codes, values = rounded(x, s[place], z[place], *found[2:])
            assert np.array_equal(codes, q[p == place]), (c, "codes")
            assert np.array_equal(values, v[p == place]), (c, "values")
        torch_agrees(k, v, s, z, p, *found[2:])
    elif scheme in ("float16", "bfloat16"):
        kind = getattr(torch, scheme)
        limit = torch.finfo(kind).max
        made = torch.from_numpy(k).clamp(-limit, limit).to(kind)
        assert np.array_equal(made.view(torch.int16).numpy().view(np.uint16), arrays[i + ".q"].ravel()), c
        assert np.array_equal(made.float().numpy(), v), c
    elif scheme.startswith("fp8"):
        kind = torch.float8_e4m3fn if scheme == "fp8-e4m3" else torch.float8_e5m2
        limit = F(torch.finfo(kind).max)
        s = arrays[i + ".s"].ravel()
        for place in np.unique(p):
            x = k[p == place]
            top = np.abs(x).max()
            assert s[place] == (top / limit if top / limit > 0 else F(1)), c
            made = torch.from_numpy((x / s[place]).astype(F)).clamp(-float(limit), float(limit)).to(kind)
            assert np.array_equal(made.view(torch.uint8).numpy(), arrays[i + ".q"].ravel()[p == place]), c
            assert np.array_equal(made.float().numpy() * s[place], v[p == place]), c
    else:
        levels = arrays[i + ".l"]
        q = arrays[i + ".q"].ravel()
        assert levels.shape[1] == 2 ** c["bits"]
        assert np.all(np.diff(levels, axis=1) >= 0), c
        for place in np.unique(p):
            x = k[p == place].astype(np.float64)
            distance = np.abs(x[:, None] - levels[place].astype(np.float64))
            assert np.array_equal(distance.argmin(1), q[p == place]), c
            assert np.array_equal(levels[place][q[p == place]], v[p == place]), c
            if (x == 0).any():
                assert 0 in levels[place], c
print(len(cases))
