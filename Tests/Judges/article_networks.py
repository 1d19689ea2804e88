"""The two classifiers of the articles that weightbench grew from, as ONNX files.

Usage: article_networks.py FOLDER [--train DATA.npz --epochs N]
       article_networks.py --run MODEL.onnx --data DATA.npz

Writes simple-cnn.onnx (conv 3-16, conv 16-32, fc 2048-128, fc 128-10) and wide-cnn.onnx (conv 3-64, conv
64-128, fc 8192-1024, fc 1024-10) for 3 x 32 x 32 images, each convolution 3 x 3 with ReLU and 2 x 2 max
pooling, with seeded random weights, or trained with torch on the images of DATA (uint8, NCHW). images.npz
holds 64 random images, images.yaml describes them. --run prints ONNX Runtime's predictions as JSON, for
images scaled as images.yaml says.
"""

import argparse
import json
import os

import numpy as np

MEAN, DEVIATION = 0.5, 0.25
NETWORKS = {"simple-cnn": (16, 32, 128), "wide-cnn": (64, 128, 1024)}


def shapes(first, second, hidden):
    return {
        "conv1": (first, 3, 3, 3),
        "conv2": (second, first, 3, 3),
        "fc1": (hidden, second * 8 * 8),
        "fc2": (10, hidden),
    }


def random_state(widths, seed):
    """Weights as PyTorch's layers start with: uniform within 1 / sqrt(inputs)."""
    generator = np.random.default_rng(seed)
    state = {}
    for name, shape in shapes(*widths).items():
        bound = 1 / np.sqrt(np.prod(shape[1:]))
        state[name + ".weight"] = generator.uniform(-bound, bound, shape).astype(np.float32)
        state[name + ".bias"] = generator.uniform(-bound, bound, shape[:1]).astype(np.float32)
    return state


def scaled(images):
    return ((images.astype(np.float32) / np.float32(255)) - np.float32(MEAN)) / np.float32(DEVIATION)


def trained_state(widths, seed, data, epochs):
    """The same network trained by Adam for a few epochs."""
    import torch
    from torch import nn

    torch.manual_seed(seed)
    first, second, hidden = widths
    model = nn.Sequential()
    model.add_module("conv1", nn.Conv2d(3, first, 3, padding=1))
    model.add_module("relu1", nn.ReLU())
    model.add_module("pool1", nn.MaxPool2d(2))
    model.add_module("conv2", nn.Conv2d(first, second, 3, padding=1))
    model.add_module("relu2", nn.ReLU())
    model.add_module("pool2", nn.MaxPool2d(2))
    model.add_module("flatten", nn.Flatten())
    model.add_module("fc1", nn.Linear(second * 64, hidden))
    model.add_module("relu3", nn.ReLU())
    model.add_module("fc2", nn.Linear(hidden, 10))
    images = torch.from_numpy(scaled(data["images"]))
    labels = torch.from_numpy(data["labels"].astype(np.int64))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for _ in range(epochs):
        for batch in torch.randperm(len(images)).split(64):
            x = images[batch]
            if torch.rand(()) < 0.5:
                x = x.flip(3)
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x), labels[batch]).backward()
            optimizer.step()
    return {k: v.detach().numpy() for k, v in model.state_dict().items()}


def onnx_model(state):
    from onnx import TensorProto, helper, numpy_helper

    nodes, value = [], "input"

    def add(op, name, inputs=(), **attributes):
        nonlocal value
        output = f"/{name}/{op}_output_0"
        nodes.append(
            helper.make_node(op, [value, *inputs], [output], name=f"/{name}/{op}", **attributes)
        )
        value = output

    for index in ("1", "2"):
        name = "conv" + index
        add("Conv", name, [name + ".weight", name + ".bias"], pads=[1, 1, 1, 1], kernel_shape=[3, 3])
        add("Relu", "relu" + index)
        add("MaxPool", "pool" + index, kernel_shape=[2, 2], strides=[2, 2])
    add("Flatten", "flatten", axis=1)
    add("Gemm", "fc1", ["fc1.weight", "fc1.bias"], transB=1)
    add("Relu", "relu3")
    add("Gemm", "fc2", ["fc2.weight", "fc2.bias"], transB=1)
    nodes[-1].output[0] = "logits"
    graph = helper.make_graph(
        nodes,
        "classifier",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["N", 3, 32, 32])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["N", 10])],
        [numpy_helper.from_array(array, name) for name, array in state.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def write(folder, train, epochs):
    import onnx

    os.makedirs(folder, exist_ok=True)
    data = np.load(train) if train else None
    for seed, (name, widths) in enumerate(NETWORKS.items()):
        state = trained_state(widths, seed, data, epochs) if train else random_state(widths, seed)
        onnx.save(onnx_model(state), os.path.join(folder, name + ".onnx"))
    images = np.random.default_rng(7).integers(0, 256, (64, 3, 32, 32), dtype=np.uint8)
    np.savez(os.path.join(folder, "images.npz"), images=images, labels=np.zeros(64, np.int64))
    with open(os.path.join(folder, "images.yaml"), "w") as file:
        file.write(
            "data: images.npz\ntask: classification\n"
            f"input: {{layout: NCHW, scale: 255, mean: [{MEAN}, {MEAN}, {MEAN}], "
            f"std: [{DEVIATION}, {DEVIATION}, {DEVIATION}]}}\n"
        )


def predictions(model, path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    images = scaled(np.load(path)["images"])
    logits = session.run(None, {session.get_inputs()[0].name: images})[0]
    return {"classes": logits.argmax(1).tolist(), "logits": logits.astype(float).flatten().tolist()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--train")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--run")
    parser.add_argument("--data")
    given = parser.parse_args()
    if given.run:
        print(json.dumps(predictions(given.run, given.data)))
    else:
        write(given.folder, given.train, given.epochs)
