"""Reads Fashion-MNIST, trains, exports and measures: what the training scripts of the samples share.

The data are the four IDX files of Debian's package `dataset-fashion-mnist`, as published by Zalando.
Run as a program it writes the bundled evaluation data, the first 2,000 images of the test set.
"""

import gzip
import os
import platform
import struct
import time

import numpy as np

FOLDER = os.environ.get("FASHION_MNIST", "/usr/share/datasets/fashion-mnist")
MEAN, STD = np.float32(0.286), np.float32(0.353)
BUNDLED = 2000
SEED = 7


def read_idx(name):
    """The array of one gzipped IDX file of unsigned bytes."""
    with gzip.open(os.path.join(FOLDER, name)) as file:
        data = file.read()
    zero, kind, rank = struct.unpack(">HBB", data[:4])
    assert zero == 0 and kind == 8, name
    shape = struct.unpack(f">{rank}I", data[4 : 4 + 4 * rank])
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(part):
    """Images (N, 1, 28, 28) uint8 and labels (N,) int64; `part` is `train` or `t10k`."""
    images = read_idx(f"{part}-images-idx3-ubyte.gz")[:, None]
    return images, read_idx(f"{part}-labels-idx1-ubyte.gz").astype(np.int64)


def preprocess(images):
    """x = (pixel / 255 - mean) / std, every step in float32: as the description beside the data."""
    return (images.astype(np.float32) / np.float32(255) - MEAN) / STD


def train(model, epochs, peak_rate, batch=128):
    """Trains on the 60,000 training images: one-cycle SGD, mirrored images, seeded, one thread."""
    import torch

    images, labels = load("train")
    # Channels last: more than twice as fast on a processor.
    x = torch.from_numpy(preprocess(images)).to(memory_format=torch.channels_last)
    y, model = torch.from_numpy(labels), model.to(memory_format=torch.channels_last)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    others = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.SGD(
        [{"params": decayed, "weight_decay": 5e-4}, {"params": others, "weight_decay": 0}],
        lr=peak_rate, momentum=0.9, nesterov=True)
    steps = len(x) // batch
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, peak_rate, total_steps=steps * epochs, pct_start=0.25)
    loss_of = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    model.train()
    for epoch in range(epochs):
        started, total = time.time(), 0.0
        order = torch.randperm(len(x))
        for step in range(steps):
            chosen = order[step * batch : (step + 1) * batch]
            images = x[chosen]
            mirrored = torch.rand(batch) < 0.5
            images[mirrored] = images[mirrored].flip(3)
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(model(images), y[chosen])
            loss.backward()
            optimizer.step()
            schedule.step()
            total += loss.item()
            if step % 100 == 0:
                print(f"epoch {epoch + 1} step {step} {time.time() - started:.0f} s", flush=True)
        print(f"epoch {epoch + 1}: mean loss {total / steps:.4f}", flush=True)


def export(model, path):
    """Writes ONNX: opset 13, dynamic batch axis N, batch normalization kept as nodes of its own."""
    import onnx
    import torch

    model.eval().to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        model, (torch.zeros(1, 1, 28, 28),), path, dynamo=False, opset_version=13,
        input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}},
        # Without PRESERVE the exporter folds the batch normalization into the convolutions.
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False)
    restore_shared(path)
    onnx.checker.check_model(path, full_check=True)


def restore_shared(path):
    """Gives every parameter its own initializer again.

    The exporter stores equal tensors once and reads the other through an Identity node; the offsets of
    a shortcut's and its neighbour's batch normalization are equal, as both get the same gradients.
    """
    import onnx

    model = onnx.load(path)
    graph = model.graph
    weights = {w.name: w for w in graph.initializer}
    for node in [n for n in graph.node if n.op_type == "Identity" and n.input[0] in weights]:
        copy = onnx.TensorProto()
        copy.CopyFrom(weights[node.input[0]])
        copy.name = node.output[0]
        graph.initializer.append(copy)
        graph.node.remove(node)
    onnx.save(model, path)


def measure(path):
    """Prints how many images ONNX Runtime gets right, of the bundled data and of the test set."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    images, labels = load("t10k")
    predicted = np.concatenate([
        session.run(["logits"], {"input": preprocess(images[i : i + 500])})[0].argmax(1)
        for i in range(0, len(images), 500)])
    right = predicted == labels
    print(f"{os.path.basename(path)}: {os.path.getsize(path)} bytes, "
          f"{right[:BUNDLED].sum()}/{BUNDLED} bundled, {right.sum()}/{len(right)} test set")


def build(model_of, path, epochs, peak_rate):
    """The whole recipe: seed, train, export, measure."""
    import onnx
    import onnxruntime
    import torch

    print(f"Python {platform.python_version()}, torch {torch.__version__}, onnx {onnx.__version__}, "
          f"onnxruntime {onnxruntime.__version__}, numpy {np.__version__}")
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    model = model_of()
    print(f"{sum(p.numel() for p in model.parameters())} parameters")
    train(model, epochs, peak_rate)
    export(model, path)
    measure(path)


def main():
    """Writes the bundled evaluation data."""
    images, labels = load("t10k")
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fashion-mnist-test2000.npz")
    np.savez_compressed(path, images=images[:BUNDLED], labels=labels[:BUNDLED])
    print(f"{path}: {os.path.getsize(path)} bytes")


if __name__ == "__main__":
    main()
