"""Training steps of ResNet-20 in PyTorch: prints one JSON object with the seconds of each step.

The network is the one of resnet20.onnx (He and others 2016 for CIFAR-10, shortcuts by slicing and
padding), written with torch.nn as its users write it; batches of 128 images, cross-entropy, SGD with
momentum. `--channels-last` keeps images and weights in that order.
"""

import argparse
import json
import os
import time

import samples


def network(torch):
    nn, functional = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self, inputs, outputs, stride):
            super().__init__()
            self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
            self.bn1 = nn.BatchNorm2d(outputs)
            self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
            self.bn2 = nn.BatchNorm2d(outputs)
            self.pads = 0 if stride == 1 else outputs // 4

        def forward(self, x):
            y = functional.relu(self.bn1(self.conv1(x)))
            y = self.bn2(self.conv2(y))
            if self.pads:
                x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.pads, self.pads))
            return functional.relu(y + x)

    layers = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU()]
    width = 16
    for outputs, stride in [(16, 1), (32, 2), (64, 2)]:
        for number in range(3):
            layers.append(Block(width, outputs, stride if number == 0 else 1))
            width = outputs
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--channels-last", action="store_true")
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    import torch

    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    model = network(torch).train()
    images = torch.from_numpy(samples.read(options.data, options.batch))
    labels = torch.randint(0, 10, (len(images),))
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), 1e-5, momentum=0.9)
    seconds = []
    for step in range(-2, options.rounds):
        start = time.perf_counter()
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()
        if step >= 0:
            seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "batch": len(images), "peer": f"torch {torch.__version__}"}))


if __name__ == "__main__":
    main()
