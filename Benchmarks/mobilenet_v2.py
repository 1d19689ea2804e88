#!/usr/bin/env python3
"""Writes an ONNX network of MobileNetV2's shapes with random weights.

Speed depends on shapes alone, so no trained weights are needed. Batch normalization is folded, as in
every deployed export; activations are Clip(0, 6).

    mobilenet_v2.py OUTPUT.onnx [--width 1.0] [--size 224] [--seed 0]
"""

import argparse

import torch
from torch import nn

# Expansion, channels, repeats and stride of each stage (Sandler et al. 2018, table 2).
STAGES = [
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
]


def rounded(channels: float) -> int:
    """The nearest multiple of 8, at least 0.9 of the wanted number."""
    result = max(8, int(channels + 4) // 8 * 8)
    return result if result >= 0.9 * channels else result + 8


def convolution(inputs: int, outputs: int, kernel: int, stride: int, groups: int = 1) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups)


class InvertedResidual(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, expansion: int):
        super().__init__()
        hidden = inputs * expansion
        layers: list[nn.Module] = []
        if expansion != 1:
            layers += [convolution(inputs, hidden, 1, 1), nn.ReLU6()]
        layers += [convolution(hidden, hidden, 3, stride, hidden), nn.ReLU6()]
        layers += [convolution(hidden, outputs, 1, 1)]
        self.body = nn.Sequential(*layers)
        self.is_residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.body(x) if self.is_residual else self.body(x)


def mobilenet_v2(width: float, classes: int = 1000) -> nn.Module:
    channels = rounded(32 * width)
    layers: list[nn.Module] = [convolution(3, channels, 3, 2), nn.ReLU6()]
    for expansion, wanted, repeats, stride in STAGES:
        outputs = rounded(wanted * width)
        for index in range(repeats):
            layers.append(InvertedResidual(channels, outputs, stride if index == 0 else 1, expansion))
            channels = outputs
    last = rounded(1280 * max(width, 1.0))
    layers += [convolution(channels, last, 1, 1), nn.ReLU6(), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    layers += [nn.Linear(last, classes)]
    return nn.Sequential(*layers)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--width", type=float, default=1.0)
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    network = mobilenet_v2(options.width).eval()
    sample = torch.randn(1, 3, options.size, options.size)
    torch.onnx.export(
        network, (sample,), options.output, input_names=["x"], output_names=["logits"],
        dynamic_axes={"x": {0: "N"}, "logits": {0: "N"}}, opset_version=17, dynamo=False)


if __name__ == "__main__":
    main()
