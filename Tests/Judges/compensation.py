"""GPTQ, SparseGPT, refits, HQQ and AdaRound against the papers' loops: `compensation.py MADE.npz CASES.json`.

For case i: i.w the weights as groups x rows x columns, i.v what became of them in the same order, i.p the
place of each weight's scale, i.s scales, i.z zero points, i.h the mean products of the inputs.
"""
import json
import sys

import numpy as np

arrays = np.load(sys.argv[1])
cases = json.load(open(sys.argv[2]))


def quantize(w, s, z, lo, hi):
    q = np.clip(np.rint(w.astype(np.float32) / s) + z, lo, hi)
    return ((q - z) * s).astype(np.float32).astype(np.float64)


def upper(H, damp):
    """Cholesky of the inverse, as in the reference codes: H^-1 = U^T U."""
    H = H.astype(np.float64).copy()
    dead = np.diag(H) == 0
    H[dead, dead] = 1
    H[np.diag_indices_from(H)] += damp * np.diag(H).mean()
    return np.linalg.cholesky(np.linalg.inv(H)).T, dead


def gptq(W, H, quant, block, damp, act_order, zeros):
    """fasterquant() of the GPTQ repository; `zeros` are weights that stay zero."""
    columns = W.shape[1]
    perm = np.argsort(-np.diag(H), kind="stable") if act_order else np.arange(columns)
    W, H, zeros = W[:, perm].astype(np.float64), H[np.ix_(perm, perm)], zeros[:, perm]
    U, _ = upper(H, damp)
    Q = np.zeros_like(W)
    for i1 in range(0, columns, block):
        i2 = min(i1 + block, columns)
        W1, U1 = W[:, i1:i2].copy(), U[i1:i2, i1:i2]
        Err = np.zeros_like(W1)
        for i in range(i2 - i1):
            q = np.where(zeros[:, i1 + i], 0, quant(W1[:, i], perm[i1 + i]))
            err = (W1[:, i] - q) / U1[i, i]
            W1[:, i:] -= np.outer(err, U1[i, i:])
            Q[:, i1 + i], Err[:, i] = q, err
        W[:, i2:] -= Err @ U[i1:i2, i2:]
    result = np.zeros_like(Q)
    result[:, perm] = Q
    return result


def sparsegpt(W, H, counts, block=128, damp=0.01):
    """fasterprune() of the SparseGPT repository, with exact counts block by block."""
    W = W.astype(np.float64).copy()
    U, dead = upper(H, damp)
    for i1 in range(0, W.shape[1], block):
        i2 = min(i1 + block, W.shape[1])
        W1, U1 = W[:, i1:i2].copy(), U[i1:i2, i1:i2]
        score = ((W1 / np.diag(U1)) ** 2).astype(np.float32)
        score[:, dead[i1:i2]] = 0
        mask = np.zeros(W1.size, bool)
        mask[np.argsort(score.T.ravel(), kind="stable")[: counts(W1.size)]] = True
        mask = mask.reshape(W1.T.shape).T
        Err = np.zeros_like(W1)
        for i in range(i2 - i1):
            q = np.where(mask[:, i], 0, W1[:, i])
            err = (W1[:, i] - q) / U1[i, i]
            W1[:, i:] -= np.outer(err, U1[i, i:])
            W1[:, i], Err[:, i] = q, err
        W[:, i1:i2] = W1
        W[:, i2:] -= Err @ U[i1:i2, i2:]
    return W


def refit(W, V, H, damp=0.01):
    H = H.astype(np.float64) + damp * np.diag(H).astype(np.float64).mean() * np.eye(len(H))
    result = np.zeros(W.shape)
    for row, (w, v) in enumerate(zip(W.astype(np.float64), V)):
        kept = np.flatnonzero(v)
        if 0 < kept.size:
            result[row, kept] = np.linalg.solve(H[np.ix_(kept, kept)], H[kept] @ w)
    return result


def hqq(x, s, lo, hi, z, symmetric, norm=0.7, rounds=20):
    """The half-quadratic loop of hqq.core.optimize, in steps of the first scale."""
    x = x.astype(np.float64) / s
    def shrink(e, beta):
        with np.errstate(divide="ignore"):
            return np.sign(e) * np.maximum(np.abs(e) - np.where(e == 0, 0, np.abs(e) ** (norm - 1)) / beta, 0)
    if not symmetric:
        best, least, beta, at = z, np.inf, 10.0, z
        for _ in range(rounds):
            q = np.clip(np.rint(x + at), lo, hi)
            left = x - (q - at)
            if not np.abs(left).sum() < least:
                break
            least, best = np.abs(left).sum(), at
            at, beta = (q - (x - shrink(left, beta))).mean(), beta * 1.01
        z = np.clip(np.rint(best), lo, hi)
    best, least, beta, at = 1.0, np.inf, 10.0, 1.0
    for _ in range(rounds):
        q = np.clip(np.rint(x / at) + z, lo, hi) - z
        left = x - q * at
        if not np.abs(left).sum() < least:
            break
        least, best = np.abs(left).sum(), at
        if not (q @ q > 0 and q @ (x - shrink(left, beta)) > 0):
            break
        at, beta = q @ (x - shrink(left, beta)) / (q @ q), beta * 1.01
    return np.float32(best * s), np.float32(z)


def adaround(W, H, s, z, lo, hi, zeros, steps, lam=0.01, rate=0.01):
    """Algorithm of 2004.10568 with Adam on V; float64. `s` and `z` have the shape of W."""
    W, H, s = W.astype(np.float64), H.astype(np.float64), s.astype(np.float64)
    floor = np.floor((W.astype(np.float32) / s.astype(np.float32)).astype(np.float64))
    rest = W / s - floor
    V = -np.log(1.2 / (rest + 0.1) - 1)
    m, n = np.zeros_like(V), np.zeros_like(V)
    for step in range(steps):
        sig = 1 / (1 + np.exp(-V))
        h = np.clip(sig * 1.2 - 0.1, 0, 1)
        slope = np.where((h > 0) & (h < 1), 1.2 * sig * (1 - sig), 0)
        code = np.clip(floor + h, lo - z, hi - z)
        D = np.where(zeros, 0, code * s - W)
        g = 2 * (D @ H) * s * np.where(code == floor + h, slope, 0)
        if step >= 0.2 * steps:
            share = (step - 0.2 * steps) / (0.8 * steps)
            beta = 2 + 0.5 * 18 * (1 + np.cos(share * np.pi))
            d = 2 * h - 1
            g += lam * -beta * np.abs(d) ** (beta - 1) * np.sign(d) * 2 * slope
        m, n = 0.9 * m + 0.1 * g, 0.999 * n + 0.001 * g * g
        V -= rate * (m / (1 - 0.9 ** (step + 1))) / (np.sqrt(n / (1 - 0.999 ** (step + 1))) + 1e-8)
    h = np.clip(1.2 / (1 + np.exp(-V)) - 0.1, 0, 1)
    return np.where(zeros, 0, np.clip(floor + (h >= 0.5), lo - z, hi - z) * s)


def close(c, mine, theirs):
    scale = np.abs(theirs).max()
    assert np.abs(mine - theirs).max() <= 1e-4 * scale, (c, np.abs(mine - theirs).max() / scale)


def loss(D, H):
    return np.einsum("ij,jk,ik->", D, H, D)


learned, rounded = [], []
for c in cases:
    i = c["id"]
    w, v, h = (arrays[f"{i}.{key}"] for key in "wvh")
    groups, rows, columns = w.shape
    kept = w
    total, k = w.size, round(c["amount"] * w.size)
    seen = done = 0

    def counts(size):
        global seen, done
        seen += size
        due = round(seen / total * k) - done
        done += due
        return due

    if c["prune"] == "sparsegpt":
        kept = np.stack([sparsegpt(w[g], h[g], counts) for g in range(groups)])
    elif c["prune"]:
        flat = np.array(arrays[i + ".m"])  # what magnitude pruning alone makes
        kept = np.stack([refit(w[g], flat[g], h[g]) for g in range(groups)]) if c["prune"] == "refit" else flat
    if not c["method"]:
        assert (v == 0).sum() >= k, c
        close(c, v, kept)
        continue
    kept = kept.astype(np.float32)
    p, s = arrays[i + ".p"], arrays[i + ".s"].ravel()
    z = arrays[i + ".z"].ravel().astype(np.float32) if i + ".z" in arrays else np.zeros_like(s)
    bits = c["bits"]
    lo, hi = (-(2 ** (bits - 1) - 1), 2 ** (bits - 1) - 1) if c["symmetric"] else (0, 2**bits - 1)
    if c["prune"]:
        assert np.all(v[kept == 0] == 0), (c, "mask kept")
    for g in range(groups):
        zeros = kept[g] == 0
        if c["method"] == "gptq":
            quant = lambda x, j: quantize(x, s[p[g][:, j]], z[p[g][:, j]], lo, hi)
            theirs = gptq(kept[g], h[g], quant, c["block"], 0.01, c["actOrder"], zeros)
            # A number half-way between codes may fall either way, and takes what follows with it.
            off = np.abs(v[g] - theirs).max(axis=1) > 1e-4 * np.abs(theirs).max()
            assert off.sum() == 0, (c, off.sum())
        elif c["method"] == "adaround":
            S, Z = s[p[g]], z[p[g]]
            theirs = adaround(kept[g], h[g], S, Z, lo, hi, zeros, c["steps"])
            differ = ~np.isclose(v[g], theirs, rtol=1e-5, atol=1e-9)
            assert differ.sum() <= max(1, 0.01 * differ.size), (c, differ.sum())
            nearest = np.where(zeros, 0, quantize(kept[g], S, Z, lo, hi))
            H = h[g].astype(np.float64)
            learned.append(loss(v[g] - kept[g], H))
            rounded.append(loss(nearest - kept[g], H))
        else:
            first = arrays[i + ".s0"].ravel()
            zero = arrays[i + ".z0"].ravel().astype(float) if i + ".z0" in arrays else np.zeros(len(first))
            for place in np.unique(p[g]):
                x = kept[p == place]
                x = x[x != 0]
                if x.size == 0:
                    continue
                theirs = hqq(x, float(first[place]), lo, hi, zero[place], c["symmetric"])
                assert np.isclose(s[place], theirs[0], rtol=1e-5), (c, place, s[place], theirs)
                assert z[place] == theirs[1], (c, place, z[place], theirs)
assert sum(learned) < sum(rounded), (sum(learned), sum(rounded))
print(len(cases))
