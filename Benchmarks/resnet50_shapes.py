#!/usr/bin/env python3
"""Writes an ONNX network with the shapes of ResNet-50 (25.5 M parameters, 98 MiB) and random weights.

    python Benchmarks/resnet50_shapes.py resnet50.onnx [--batchnorm] [--seed 0]

Needs numpy and onnx. The weights are normal with He's scale, so that activations keep their size; the
accuracy means nothing, the speed does. With --batchnorm every convolution is followed by a
BatchNormalization, as training frameworks hold them; without, they are folded, as exporters write them.
"""
import argparse

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


class Builder:
    def __init__(self, seed: int, batchnorm: bool):
        self.random = np.random.default_rng(seed)
        self.batchnorm = batchnorm
        self.nodes, self.initializers = [], []

    def constant(self, name: str, values: np.ndarray) -> str:
        self.initializers.append(numpy_helper.from_array(values.astype(np.float32), name))
        return name

    def conv(self, name: str, value: str, inputs: int, outputs: int, kernel: int, stride: int = 1) -> str:
        scale = np.sqrt(2 / (inputs * kernel * kernel))
        weight = self.random.standard_normal((outputs, inputs, kernel, kernel), np.float32) * scale
        tensors = [value, self.constant(f"{name}.weight", weight)]
        if not self.batchnorm:
            tensors.append(self.constant(f"{name}.bias", self.random.standard_normal(outputs) * 0.01))
        pad = kernel // 2
        self.nodes.append(
            helper.make_node(
                "Conv", tensors, [f"{name}.out"], name=f"/{name.replace('.', '/')}/Conv",
                kernel_shape=[kernel, kernel], strides=[stride, stride], pads=[pad] * 4))
        if not self.batchnorm:
            return f"{name}.out"
        statistics = [
            self.constant(f"{name}.bn.weight", 1 + self.random.standard_normal(outputs) * 0.05),
            self.constant(f"{name}.bn.bias", self.random.standard_normal(outputs) * 0.01),
            self.constant(f"{name}.bn.mean", self.random.standard_normal(outputs) * 0.01),
            self.constant(f"{name}.bn.var", 1 + self.random.random(outputs) * 0.1)]
        self.nodes.append(
            helper.make_node("BatchNormalization", [f"{name}.out"] + statistics, [f"{name}.normal"]))
        return f"{name}.normal"

    def relu(self, value: str) -> str:
        self.nodes.append(helper.make_node("Relu", [value], [f"{value}.relu"]))
        return f"{value}.relu"


def build(seed: int, batchnorm: bool) -> onnx.ModelProto:
    net = Builder(seed, batchnorm)
    value = net.relu(net.conv("conv1", "input", 3, 64, 7, 2))
    net.nodes.append(
        helper.make_node(
            "MaxPool", [value], ["pool"], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]))
    value, channels = "pool", 64
    for stage, (width, blocks) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], start=1):
        for block in range(blocks):
            name = f"layer{stage}.{block}"
            stride = 2 if block == 0 and stage > 1 else 1
            main = net.relu(net.conv(f"{name}.conv1", value, channels, width, 1))
            main = net.relu(net.conv(f"{name}.conv2", main, width, width, 3, stride))
            main = net.conv(f"{name}.conv3", main, width, width * 4, 1)
            if block == 0:
                value = net.conv(f"{name}.downsample.0", value, channels, width * 4, 1, stride)
            channels = width * 4
            net.nodes.append(helper.make_node("Add", [main, value], [f"{name}.sum"]))
            value = net.relu(f"{name}.sum")
    net.nodes.append(helper.make_node("GlobalAveragePool", [value], ["average"]))
    net.nodes.append(helper.make_node("Flatten", ["average"], ["features"], axis=1))
    weight = net.random.standard_normal((1000, 2048), np.float32) / np.sqrt(2048)
    net.nodes.append(
        helper.make_node(
            "Gemm", ["features", net.constant("fc.weight", weight), net.constant("fc.bias", np.zeros(1000))],
            ["logits"], name="/fc/Gemm", transB=1))
    graph = helper.make_graph(
        net.nodes, "resnet50_shapes",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", 3, 224, 224])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 1000])],
        net.initializers)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--batchnorm", action="store_true")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    model = build(options.seed, options.batchnorm)
    onnx.save(model, options.output)
    count = sum(int(np.prod(tensor.dims)) for tensor in model.graph.initializer)
    print(f"{options.output}: {count:,} parameters")
