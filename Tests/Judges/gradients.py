"""PyTorch's gradients of an ONNX model: `gradients.py MODEL DATA LOSS MODE RESULT.npz [FIRST]`.

Interprets the nodes with PyTorch, takes 8 samples of DATA from the one numbered FIRST (0) on (.npz; images are prepared as the
.yaml beside it says), and differentiates a loss. LOSS is `cross-entropy` (mean over the samples, its `labels`) or `outputs`: the
sum of c y + y^2 / 2 over all outputs y with normally distributed c. MODE is `frozen` or `batch`: the
statistics of batch normalization. RESULT holds input:NAME, label, loss, factor:NAME (c), grad:NAME of
every float initializer that the loss depends on, and stat:NAME: what running statistics become with a
momentum of 1. With the LOSS `samples` the cross-entropy of each sample is differentiated by itself, and
RESULT holds mean:NAME and square:NAME, the means of the gradients and of their squares; with `winners`
the label is the class that the network puts first.
"""
import pathlib
import sys

import numpy as np
import onnx
import torch
import torch.nn.functional as F
import yaml
from onnx import numpy_helper

SAMPLES = 8
TYPES = {1: torch.float32, 7: torch.int64, 6: torch.int32, 9: torch.bool, 11: torch.float64}


def both_ends(pads):
    """ONNX's pads (begins, then ends), which have to be symmetric here."""
    rank = len(pads) // 2
    assert list(pads[:rank]) == list(pads[rank:]), pads
    return list(pads[:rank])


def onnx_slice(x, starts, ends, axes=None, steps=None):
    axes = range(len(starts)) if axes is None else axes.tolist()
    steps = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes, steps):
        assert step > 0
        places = range(x.shape[axis])[slice(start, end, step)]
        x = x.index_select(axis, torch.tensor(list(places)))
    return x


def pad(x, pads, value=None):
    pads = pads.tolist()
    rank = len(pads) // 2
    reversed_pairs = [p for axis in reversed(range(rank)) for p in (pads[axis], pads[axis + rank])]
    return F.pad(x, reversed_pairs, value=0.0 if value is None else float(value))


def resize(x, attributes, inputs):
    scales = [float(v) for v in inputs[2].tolist()]
    assert attributes["mode"] == "nearest" and scales[:2] == [1, 1]
    assert all(scale == int(scale) for scale in scales)
    return x.repeat_interleave(int(scales[2]), 2).repeat_interleave(int(scales[3]), 3)


def gemm(a, b, c, attributes):
    a = a.T if attributes.get("transA") else a
    b = b.T if attributes.get("transB") else b
    y = attributes.get("alpha", 1.0) * (a @ b)
    return y if c is None else y + attributes.get("beta", 1.0) * c


class Interpreter:
    def __init__(self, model, mode):
        self.graph = model.graph
        self.uses_batch = mode == "batch"
        self.values = {}
        self.weights = {}
        self.statistics = {}
        for initializer in self.graph.initializer:
            tensor = torch.from_numpy(numpy_helper.to_array(initializer).copy())
            if tensor.is_floating_point():
                tensor.requires_grad_(True)
                self.weights[initializer.name] = tensor
            self.values[initializer.name] = tensor

    def run(self, inputs):
        self.values.update(inputs)
        for node in self.graph.node:
            attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            attributes = {k: v.decode() if isinstance(v, bytes) else v for k, v in attributes.items()}
            given = [self.values[name] if name else None for name in node.input]
            self.values[node.output[0]] = self.apply(node, attributes, given)
        return {output.name: self.values[output.name] for output in self.graph.output}

    def normalize(self, node, attributes, given):
        x, scale, shift, mean, variance = given
        if self.uses_batch:
            mean, variance = torch.zeros_like(mean), torch.ones_like(variance)
            self.statistics[node.input[3]], self.statistics[node.input[4]] = mean, variance
        return F.batch_norm(
            x, mean.detach(), variance.detach(), scale, shift, self.uses_batch, 1.0,
            attributes.get("epsilon", 1e-5))

    def apply(self, node, attributes, given):
        x = given[0] if given else None
        get = lambda index: given[index] if index < len(given) else None
        match node.op_type:
            case "Constant":
                return torch.from_numpy(numpy_helper.to_array(attributes["value"]).copy())
            case "Conv":
                return F.conv2d(
                    x, given[1], get(2), attributes.get("strides", 1),
                    both_ends(attributes.get("pads", [0, 0, 0, 0])), attributes.get("dilations", 1),
                    attributes.get("group", 1))
            case "BatchNormalization":
                return self.normalize(node, attributes, given)
            case "LayerNormalization":
                assert attributes.get("axis", -1) == -1
                return F.layer_norm(
                    x, x.shape[-1:], given[1], get(2), attributes.get("epsilon", 1e-5))
            case "Gemm":
                return gemm(x, given[1], get(2), attributes)
            case "MatMul":
                return x @ given[1]
            case "Relu":
                return F.relu(x)
            case "Sigmoid":
                return torch.sigmoid(x)
            case "Erf":
                return torch.erf(x)
            case "Sqrt":
                return torch.sqrt(x)
            case "Add":
                return x + given[1]
            case "Sub":
                return x - given[1]
            case "Mul":
                return x * given[1]
            case "Div":
                return x / given[1]
            case "Clip":
                low, high = get(1), get(2)
                return torch.clamp(
                    x, None if low is None else low.item(), None if high is None else high.item())
            case "Softmax":
                return torch.softmax(x, attributes.get("axis", -1))
            case "GlobalAveragePool":
                return x.mean((2, 3), keepdim=True)
            case "ReduceSum":
                axes = given[1].tolist() if get(1) is not None else list(attributes["axes"])
                return x.sum(axes, keepdim=bool(attributes.get("keepdims", 1)))
            case "Flatten":
                return x.flatten(attributes.get("axis", 1))
            case "Reshape":
                shape = [x.shape[i] if n == 0 else n for i, n in enumerate(given[1].tolist())]
                return x.reshape(shape)
            case "Transpose":
                return x.permute(attributes["perm"])
            case "Unsqueeze":
                axes = given[1].tolist() if get(1) is not None else list(attributes["axes"])
                for axis in sorted(axes):
                    x = x.unsqueeze(axis)
                return x
            case "Gather":
                assert attributes.get("axis", 0) == 0
                return x[given[1]]
            case "Cast":
                return x.to(TYPES[attributes["to"]])
            case "Slice":
                return onnx_slice(*given)
            case "Pad":
                assert attributes.get("mode", "constant") == "constant"
                return pad(x, given[1], get(2))
            case "Resize":
                return resize(x, attributes, given)
        raise NotImplementedError(node.op_type)


def samples(data, names, preprocessing):
    if len(names) > 1:
        return {name: torch.from_numpy(data[name][:SAMPLES].astype(np.int64)) for name in names}
    images = data["images"][:SAMPLES].astype(np.float32) / np.float32(preprocessing["scale"])
    mean, std = (
        np.float32(preprocessing[key]).reshape(1, -1, 1, 1) for key in ("mean", "std"))
    return {names[0]: torch.from_numpy((images - mean) / std)}


def moments(interpreter, inputs, labels):
    """E[g] and E[g^2] over the samples, in double precision."""
    sums, squares = {}, {}
    for row in range(SAMPLES):
        logits = next(iter(interpreter.run({n: v[row : row + 1] for n, v in inputs.items()}).values()))
        label = int(logits.argmax()) if labels is None else int(labels[row])
        for tensor in interpreter.weights.values():
            tensor.grad = None
        F.cross_entropy(logits, torch.tensor([label])).backward()
        for name, tensor in interpreter.weights.items():
            if tensor.grad is not None:
                gradient = tensor.grad.numpy().astype(np.float64)
                sums[name] = sums.get(name, 0) + gradient
                squares[name] = squares.get(name, 0) + gradient**2
    result = {f"mean:{name}": value / SAMPLES for name, value in sums.items()}
    return result | {f"square:{name}": value / SAMPLES for name, value in squares.items()}


def preprocessing(data_path):
    description = pathlib.Path(data_path).with_suffix(".yaml")
    return yaml.safe_load(description.read_text())["input"] if description.exists() else {}


def main():
    path, data_path, loss_name, mode, result_path = sys.argv[1:6]
    first = int(sys.argv[6]) if len(sys.argv) > 6 else 0
    torch.manual_seed(0)
    model = onnx.load(path)
    data = {name: values[first:] for name, values in np.load(data_path).items()}
    interpreter = Interpreter(model, mode)
    names = [i.name for i in model.graph.input if i.name not in interpreter.values]
    if len(names) > 1:
        data = {"input_ids": data["ids_a"], "attention_mask": data["mask_a"]}
    inputs = samples(data, names, preprocessing(data_path))
    if loss_name in ("samples", "winners"):
        labels = data["labels"] if loss_name == "samples" else None
        np.savez(result_path, **moments(interpreter, inputs, labels))
        return
    result = {f"input:{name}": value.numpy() for name, value in inputs.items()}
    outputs = interpreter.run(inputs)
    if loss_name == "cross-entropy":
        labels = torch.from_numpy(data["labels"][:SAMPLES].astype(np.int64))
        result["label"] = labels.numpy()
        loss = F.cross_entropy(next(iter(outputs.values())), labels)
    else:
        loss = 0
        for name, value in outputs.items():
            factor = torch.randn(value.shape)
            result[f"factor:{name}"] = factor.numpy()
            loss = loss + (factor * value + value * value / 2).sum()
    loss.backward()
    result["loss"] = np.array(loss.item(), np.float64)
    for name, tensor in interpreter.weights.items():
        if tensor.grad is not None:
            result[f"grad:{name}"] = tensor.grad.numpy()
    for name, tensor in interpreter.statistics.items():
        result[f"stat:{name}"] = tensor.numpy()
    np.savez(result_path, **result)


main()
