"""Small networks for every task, fitted to scikit-learn's digits by least squares, their data, and what
NumPy, SciPy and scikit-learn say of them.

    tasks.py FOLDER

Writes NAME.onnx, NAME.npz and NAME.yaml; prints one JSON object with the figures of each network as it
is and with its weights rounded to BITS bits, symmetric for each output channel, run by ONNX Runtime.
"""

import json
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from scipy import stats
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, jaccard_score, mean_absolute_error, mean_squared_error

FOLDER = sys.argv[1]
BITS = 3
COUNT = 90
digits = load_digits()
images = digits.images.astype(np.float32)
pixels = (images / 16).reshape(-1, 64)
fit, judge = slice(300, 1500), slice(0, COUNT)


def rounded(weights, axis):
    """Fake quantization, as ../shared/assets/reference defines it."""
    qmax = 2 ** (BITS - 1) - 1
    others = tuple(i for i in range(weights.ndim) if i != axis)
    largest = np.abs(weights).max(axis=others, keepdims=True)
    scale = np.where(largest == 0, np.float32(1), largest / np.float32(qmax)).astype(np.float32)
    return (np.clip(np.rint(weights / scale), -qmax, qmax) * scale).astype(np.float32)


def model(name, nodes, inputs, outputs, weights):
    """Writes a network."""
    graph = helper.make_graph(
        nodes, name,
        [helper.make_tensor_value_info(n, t, ["N", *s]) for n, t, s in inputs],
        [helper.make_tensor_value_info(n, t, ["N", *s]) for n, t, s in outputs],
        [numpy_helper.from_array(v, n) for n, v in weights.items()])
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    onnx.save(made, f"{FOLDER}/{name}.onnx")


def run(name, feeds, axis, layers):
    """Outputs as they are, and with the layers' weights rounded."""
    made = onnx.load(f"{FOLDER}/{name}.onnx")
    results = []
    for rounds in (False, True):
        if rounds:
            for tensor in made.graph.initializer:
                if tensor.name in layers:
                    new = numpy_helper.from_array(
                        rounded(numpy_helper.to_array(tensor), axis), tensor.name)
                    tensor.CopyFrom(new)
        session = onnxruntime.InferenceSession(
            made.SerializeToString(), providers=["CPUExecutionProvider"])
        results.append([session.run(None, feed)[0] for feed in feeds])
    return results


def write(name, arrays, description):
    np.savez_compressed(f"{FOLDER}/{name}.npz", **arrays)
    with open(f"{FOLDER}/{name}.yaml", "w") as file:
        file.write(f"data: {name}.npz\n{description}")


def least_squares(x, y):
    x = np.hstack([x, np.ones((len(x), 1))])
    found = np.linalg.lstsq(x.astype(np.float64), y.astype(np.float64), rcond=None)[0]
    return found[:-1].astype(np.float32), found[-1].astype(np.float32)


# Segmentation: how much ink a pixel holds, from its neighbourhood in a blurred picture.
def blurred(x):
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1)))
    return sum(padded[:, i:i + 8, j:j + 8] for i in range(3) for j in range(3)) / 9


ink = (images >= 4).astype(np.int64) + (images >= 11)
ink[:, 0, :] = 255
soft = (blurred(images) / 16).astype(np.float32)
padded = np.pad(soft, ((0, 0), (1, 1), (1, 1)))
patches = np.stack(
    [padded[:, i:i + 8, j:j + 8] for i in range(3) for j in range(3)], -1)
kept = ink[fit] != 255
kernel, bias = least_squares(patches[fit][kept], np.eye(3)[ink[fit][kept]])
kernel = kernel.T.reshape(3, 1, 3, 3).copy()


def ious(scores, truth):
    mask = truth != 255
    return [jaccard_score(truth[mask], scores[mask], average="macro"),
            accuracy_score(truth[mask], scores[mask])]


expected = {}
x = soft[judge][:, None]
truth = ink[judge]
for name, stride, ends in [("segmentation", 1, []), ("classes", 1, ["ArgMax"]),
                           ("coarse", 2, []), ("last", 1, ["Transpose"])]:
    out = "scores" if ends else "y"
    nodes = [helper.make_node(
        "Conv", ["images", "kernel", "bias"], [out], kernel_shape=[3, 3], pads=[1, 1, 1, 1],
        strides=[stride, stride])]
    side = 8 // stride
    shape, kind = [3, side, side], TensorProto.FLOAT
    if ends == ["ArgMax"]:
        nodes.append(helper.make_node("ArgMax", ["scores"], ["y"], axis=1, keepdims=0))
        shape, kind = [side, side], TensorProto.INT64
    if ends == ["Transpose"]:
        nodes.append(helper.make_node("Transpose", ["scores"], ["y"], perm=[0, 2, 3, 1]))
        shape = [side, side, 3]
    model(name, nodes, [("images", TensorProto.FLOAT, [1, 8, 8])], [("y", kind, shape)],
          {"kernel": kernel, "bias": bias})
    write(name, {"images": x, "labels": truth}, "task: segmentation\ninput: {mean: 0, std: 1}\n")
    figures = []
    for (y,) in run(name, [{"images": x}], 0, ["kernel"]):
        if name == "coarse":
            # Bilinear between pixel centres, corners not aligned: torch.nn.functional.interpolate.
            place = np.maximum((np.arange(8, dtype=np.float32) + np.float32(0.5)) * np.float32(0.5)
                               - np.float32(0.5), 0)
            low = place.astype(int)
            high = np.minimum(low + 1, side - 1)
            share = place - low
            y = y[:, :, low] * (1 - share)[:, None] + y[:, :, high] * share[:, None]
            y = y[..., low] * (1 - share) + y[..., high] * share
        best = y if name == "classes" else y.argmax(-1 if name == "last" else 1)
        figures.append(ious(best, truth))
    expected[name] = figures

# Regression: the digit, and how much ink there is.
targets = np.stack([digits.target, images.mean((1, 2))], 1).astype(np.float32)
weight, bias = least_squares(pixels[fit], targets[fit])
model("regression", [helper.make_node("Gemm", ["features", "weight", "bias"], ["y"])],
      [("features", TensorProto.FLOAT, [64])], [("y", TensorProto.FLOAT, [2])],
      {"weight": weight, "bias": bias})
write("regression", {"features": pixels[judge], "targets": targets[judge]},
      "task: regression\ninput: {mean: 0, std: 1}\n")
expected["regression"] = [
    [mean_absolute_error(targets[judge], y), np.sqrt(mean_squared_error(targets[judge], y))]
    for (y,) in run("regression", [{"features": pixels[judge]}], 1, ["weight"])]

# Text: a picture's gray levels as tokens, of which the first LENGTH count.
ids = images.reshape(-1, 64).astype(np.int64)
length = 32 + digits.target
mask = (np.arange(64) < length[:, None]).astype(np.int64)
table = np.random.default_rng(0).normal(size=(17, 24)).astype(np.float32)
pooled = (table[ids] * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
weight, bias = least_squares(pooled[fit], np.eye(10)[digits.target[fit]])
pool = [
    helper.make_node("Gather", ["table", "input_ids"], ["tokens"]),
    helper.make_node("Cast", ["attention_mask"], ["counted"], to=TensorProto.FLOAT),
    helper.make_node("Unsqueeze", ["counted", "last"], ["column"]),
    helper.make_node("Mul", ["tokens", "column"], ["masked"]),
    helper.make_node("ReduceSum", ["masked", "second"], ["sum"], keepdims=0),
    helper.make_node("ReduceSum", ["counted", "second"], ["length"], keepdims=1),
    helper.make_node("Div", ["sum", "length"], ["pooled"]),
]
text = [("input_ids", TensorProto.INT64, [64]), ("attention_mask", TensorProto.INT64, [64])]
axes = {"table": table, "last": np.array([2]), "second": np.array([1])}
model("text", pool + [helper.make_node("Gemm", ["pooled", "weight", "bias"], ["logits"])], text,
      [("logits", TensorProto.FLOAT, [10])], {**axes, "weight": weight, "bias": bias})
write("text", {"input_ids": ids[judge], "attention_mask": mask[judge],
               "labels": digits.target[judge]}, "task: classification\n")
feed = {"input_ids": ids[judge], "attention_mask": mask[judge]}
expected["text"] = [
    [accuracy_score(digits.target[judge], y.argmax(1))] for (y,) in run("text", [feed], 1, ["weight"])]

# Pairs: likeness of two pictures' pixels, rounded so that there are ties.
halves = [np.arange(COUNT), np.arange(COUNT, 2 * COUNT)]
unit = pixels / np.linalg.norm(pixels, axis=1, keepdims=True)
gold = np.round((unit[halves[0]] * unit[halves[1]]).sum(1), 1).astype(np.float32)
project = np.random.default_rng(1).normal(size=(24, 12)).astype(np.float32)
feeds = [{"input_ids": ids[h], "attention_mask": mask[h]} for h in halves]
for name in ("pooled", "tokens"):
    if name == "pooled":
        nodes = pool + [helper.make_node("MatMul", ["pooled", "project"], ["embedding"])]
        shape = [12]
    else:
        nodes = [pool[0], helper.make_node("MatMul", ["tokens", "project"], ["embedding"])]
        shape = [64, 12]
    values = {**axes, "project": project} if name == "pooled" else {
        "table": table, "project": project}
    model(name, nodes, text if name == "pooled" else text[:1],
          [("embedding", TensorProto.FLOAT, shape)], values)
    write(name, {"ids_a": ids[halves[0]], "ids_b": ids[halves[1]], "mask_a": mask[halves[0]],
                 "mask_b": mask[halves[1]], "score": gold}, "task: similarity\n")
    figures = []
    own = feeds if name == "pooled" else [{"input_ids": f["input_ids"]} for f in feeds]
    for a, b in run(name, own, 1, ["project"]):
        if name == "tokens":
            a, b = [(v * f["attention_mask"][..., None]).sum(1) for v, f in zip((a, b), feeds)]
        cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
        figures.append([stats.spearmanr(cosine, gold)[0], stats.pearsonr(cosine, gold)[0]])
    expected[name] = figures

# The percentile bootstrap of a paired difference of means, by SciPy.
first, second = pixels[judge].mean(1), pixels[judge].std(1)
interval = stats.bootstrap(
    (second - first,), np.mean, method="percentile", n_resamples=20000,
    random_state=0).confidence_interval
expected["bootstrap"] = {
    "first": first.tolist(), "second": second.tolist(), "low": interval.low, "high": interval.high}
print(json.dumps(expected, default=float))
