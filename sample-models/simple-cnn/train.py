"""Trains simple-cnn.onnx: two convolutions and a classifier on Fashion-MNIST.

Made with Python 3.11.7, torch 2.15 (CPU), onnx 1.23.2, onnxruntime 1.31.1, numpy 2.4.6:

    python3 train.py
"""

import os
import sys

import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "fashion-mnist"))
import fashion_mnist


class SimpleCNN(nn.Module):
    """The smallest network worth pruning: two 3x3 convolutions, each with a pooling, and one linear layer."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
        self.relu1 = nn.ReLU()
        self.pool1 = nn.MaxPool2d(2)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
        self.relu2 = nn.ReLU()
        self.pool2 = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(32 * 7 * 7, 10)

    def forward(self, x):
        x = self.pool1(self.relu1(self.conv1(x)))
        x = self.pool2(self.relu2(self.conv2(x)))
        return self.fc(self.flatten(x))


if __name__ == "__main__":
    path = os.path.join(HERE, "simple-cnn.onnx")
    fashion_mnist.build(SimpleCNN, path, epochs=3, peak_rate=0.05)
