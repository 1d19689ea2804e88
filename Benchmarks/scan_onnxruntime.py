#!/usr/bin/env python3
"""The sensitivity scan as people write it today: a loop over ONNX Runtime sessions.

Every layer alone is pruned to each amount and quantized to each bit width under the definitions of
Documentation/metrics.md, a session is made with the changed weights, and all images are run. Prints
one JSON object: the counts by layer and setting, and the seconds of the loop and its parts.

    scan_onnxruntime.py resnet20_bnfolded.onnx cifar10_test1000.yaml > peer.json

The model is used as it is: give a model with folded batch normalization, or compare with
`weightbench sensitivity --keep-batchnorm`.
"""

import argparse
import json
import pathlib
import sys
import time

import numpy as np
import onnx
import onnxruntime
import yaml
from onnx import numpy_helper


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__.split("\n")[0], formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("model", help="an .onnx model")
    parser.add_argument("data", help="a description (.yaml) of classification images in an .npz")
    parser.add_argument("--prune", default="0.3,0.5,0.7,0.9", help="amounts, comma-separated")
    parser.add_argument("--bits", default="8,6,4,3,2", help="bit widths, comma-separated")
    parser.add_argument("--limit", type=int, default=None, help="use the first N images")
    parser.add_argument("--batch", type=int, default=100, help="images per run")
    parser.add_argument("--threads", type=int, default=2, help="threads of ONNX Runtime")
    parser.add_argument("--cells", type=int, default=None, help="measure the first N cells only")
    return parser.parse_args()


def load_images(path, limit):
    """The images as the network wants them, and their labels, in file order."""
    description = yaml.safe_load(pathlib.Path(path).read_text())
    form = description["input"]
    if form.get("layout", "NCHW") != "NCHW" or form.get("order") == "BGR":
        sys.exit(f"{path}: only NCHW images in RGB or grey are understood")
    arrays = np.load(pathlib.Path(path).parent / description["data"])
    pixels = arrays["images"][:limit].astype(np.float32)
    mean = np.asarray(form["mean"], np.float32).reshape(1, -1, 1, 1)
    std = np.asarray(form["std"], np.float32).reshape(1, -1, 1, 1)
    return (pixels / np.float32(form["scale"]) - mean) / std, arrays["labels"][:limit]


def compressible_layers(model):
    """(initializer, output axis) of each Conv, Gemm and MatMul with constant weights."""
    initializers = {tensor.name for tensor in model.graph.initializer}
    layers = {}
    for node in model.graph.node:
        if node.op_type not in ("Conv", "Gemm", "MatMul") or node.input[1] not in initializers:
            continue
        axis = 0
        if node.op_type == "MatMul":
            axis = 1
        if node.op_type == "Gemm":
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            axis = 0 if transposed else 1
        layers.setdefault(node.input[1], axis)
    return list(layers.items())


def pruned(weight, amount):
    """The round(amount * n) smallest magnitudes set to zero, ties by lower index first."""
    flat = weight.reshape(-1).copy()
    count = int(np.rint(np.float64(amount) * flat.size))
    flat[np.argsort(np.abs(flat), kind="stable")[:count]] = 0
    return flat.reshape(weight.shape)


def quantized(weight, bits, axis):
    """Symmetric, per output channel, as floats again; every step in float32."""
    limit = np.float32(2 ** (bits - 1) - 1)
    others = tuple(i for i in range(weight.ndim) if i != axis)
    scale = np.abs(weight).max(axis=others, keepdims=True) / limit
    scale = np.where(scale == 0, np.float32(1), scale).astype(np.float32)
    codes = np.clip(np.rint(weight / scale), -limit, limit)
    return (codes * scale).astype(np.float32)


def make_session(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )


def class_scores(session, images, batch):
    name = session.get_inputs()[0].name
    parts = [
        session.run(None, {name: images[start : start + batch]})[0]
        for start in range(0, len(images), batch)
    ]
    return np.concatenate(parts).reshape(len(images), -1)


def main():
    arguments = parse_arguments()
    amounts = [float(text) for text in arguments.prune.split(",") if text]
    widths = [int(text) for text in arguments.bits.split(",") if text]
    start = time.perf_counter()
    model = onnx.load(arguments.model)
    images, labels = load_images(arguments.data, arguments.limit)
    opened = time.perf_counter()

    def correct(session):
        scores = class_scores(session, images, arguments.batch)
        return int((scores.argmax(axis=1) == labels).sum())

    baseline = correct(make_session(model, arguments.threads))
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    rows = []
    seconds = {"weights": 0.0, "sessions": 0.0, "images": 0.0}
    for name, axis in compressible_layers(model):
        weight = numpy_helper.to_array(tensors[name])
        original = onnx.TensorProto()
        original.CopyFrom(tensors[name])
        settings = [(f"prune={a}", lambda a=a: pruned(weight, a)) for a in amounts]
        settings += [(f"bits={b}", lambda b=b: quantized(weight, b, axis)) for b in widths]
        for setting, change in settings:
            if arguments.cells is not None and len(rows) >= arguments.cells:
                break
            begin = time.perf_counter()
            tensors[name].CopyFrom(numpy_helper.from_array(change(), name))
            changed = time.perf_counter()
            session = make_session(model, arguments.threads)
            made = time.perf_counter()
            count = correct(session)
            end = time.perf_counter()
            seconds["weights"] += changed - begin
            seconds["sessions"] += made - changed
            seconds["images"] += end - made
            rows.append(
                {"weight": name, "setting": setting, "correct": count, "seconds": end - begin}
            )
        tensors[name].CopyFrom(original)
    end = time.perf_counter()
    result = {
        "tool": f"onnxruntime {onnxruntime.__version__}",
        "threads": arguments.threads,
        "images": len(images),
        "baseline": {"correct": baseline},
        "seconds": {"loop": end - opened, "whole": end - start, **seconds},
        "rows": rows,
    }
    json.dump(result, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
