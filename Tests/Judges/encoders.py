"""Small networks with random weights as PyTorch exports them, their data and descriptions, and PyTorch's outputs.

    encoders.py FOLDER

Writes NAME.onnx, NAME.npz, NAME.yaml and NAME-outputs.npz (an array for each output). Encoders and decoders of
text, a classifier of pairs of images, an autoencoder, a segmentation network that resizes to what it was given.
"""

import sys
import warnings

import numpy as np
import torch
from torch import nn
from torch.nn import functional

warnings.filterwarnings("ignore")
FOLDER = sys.argv[1]
COUNT, LENGTH, WORDS, WIDTH = 24, 10, 40, 16
torch.manual_seed(7)
random = np.random.default_rng(7)


def write(name, model, arrays, outputs, description, given=None, extra=None, free=False, batch=None):
    """Exports a network, for `batch` samples at a time where that is told, and runs it on its inputs: `given`, or the
    arrays as they are."""
    model.eval()
    inputs = {k: torch.from_numpy(v) for k, v in (given or arrays).items()}
    axes = {k: {0: "N"} for k in [*inputs, *outputs]}
    if free:
        for k in axes:
            axes[k] |= {2: "H", 3: "W"}
    torch.onnx.export(
        model, tuple(v[:batch or 2] for v in inputs.values()), f"{FOLDER}/{name}.onnx", input_names=list(inputs),
        output_names=outputs, dynamic_axes=None if batch else axes, opset_version=17, dynamo=False)
    with torch.no_grad():
        found = model(*inputs.values())
    found = found if isinstance(found, tuple) else (found,)
    np.savez(f"{FOLDER}/{name}-outputs.npz", **{k: v.numpy() for k, v in zip(outputs, found)})
    np.savez(f"{FOLDER}/{name}.npz", **arrays, **(extra or {}))
    with open(f"{FOLDER}/{name}.yaml", "w") as file:
        file.write(f"data: {name}.npz\n{description}")


class Attention(nn.Module):
    """Attention of some heads, with a mask; `past` keys are absent."""

    def __init__(self, is_causal):
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(WIDTH, WIDTH) for _ in range(3))
        self.out = nn.Linear(WIDTH, WIDTH)
        self.is_causal = is_causal

    def forward(self, x, mask):
        batch, length = x.shape[0], x.shape[1]
        split = [layer(x).view(batch, length, 4, -1).transpose(1, 2)
                 for layer in (self.query, self.key, self.value)]
        scores = split[0] @ split[1].transpose(2, 3) / 2
        if mask is not None:
            scores = scores.masked_fill(mask[:, None, None, :] == 0, -1e4)
        if self.is_causal:
            seen = torch.ones(length, length).tril()
            scores = scores.masked_fill(seen == 0, -1e4)
        x = (scores.softmax(-1) @ split[2]).transpose(1, 2)
        return self.out(x.reshape(batch, length, WIDTH))


class Encoder(nn.Module):
    """Two blocks over words, places and, where there are several, kinds of tokens."""

    def __init__(self, types=0, is_causal=False, head=None):
        super().__init__()
        self.words, self.places = nn.Embedding(WORDS, WIDTH), nn.Embedding(LENGTH, WIDTH)
        self.types = nn.Embedding(types, WIDTH) if types else None
        self.attention = nn.ModuleList(Attention(is_causal) for _ in range(2))
        self.wide = nn.ModuleList(nn.Linear(WIDTH, 2 * WIDTH) for _ in range(2))
        self.narrow = nn.ModuleList(nn.Linear(2 * WIDTH, WIDTH) for _ in range(2))
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(4))
        self.head = head

    def forward(self, input_ids, attention_mask=None, token_type_ids=None):
        x = self.words(input_ids) + self.places(torch.arange(input_ids.shape[1]))
        if self.types is not None:
            x = x + self.types(token_type_ids)
        for i in range(2):
            x = self.norms[2 * i](x + self.attention[i](x, attention_mask))
            x = self.norms[2 * i + 1](x + self.narrow[i](functional.gelu(self.wide[i](x))))
        return (x, torch.tanh(x[:, 0])) if self.head is None else self.head(x)


class First(nn.Module):
    """Logits of the first token."""

    def __init__(self, classes):
        super().__init__()
        self.logits = nn.Linear(WIDTH, classes)

    def forward(self, x):
        return self.logits(x[:, 0])


class Pair(nn.Module):
    """Two images through the same layers."""

    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, padding=1), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.logits = nn.Linear(16, 2)

    def forward(self, left, right):
        return self.logits(torch.cat([self.features(left), self.features(right)], 1))


class Segmenter(nn.Module):
    """Scores of each pixel, resized to the size of the image whatever that is."""

    def __init__(self):
        super().__init__()
        self.down = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.Hardswish())
        self.deep = nn.Sequential(nn.Conv2d(8, 8, 3, 2, 1), nn.ReLU6())
        self.logits = nn.Conv2d(16, 4, 1)

    def forward(self, x):
        near = self.down(x)
        far = functional.interpolate(self.deep(near), size=near.shape[2:], mode="nearest")
        return functional.interpolate(self.logits(torch.cat([near, far], 1)), size=x.shape[2:], mode="nearest")


lengths = random.integers(3, LENGTH + 1, COUNT)
mask = (np.arange(LENGTH)[None] < lengths[:, None]).astype(np.int64)
ids = random.integers(1, WORDS, (COUNT, LENGTH)) * mask
types = (np.arange(LENGTH)[None] >= lengths[:, None] // 2).astype(np.int64) * mask
text = {"input_ids": ids, "attention_mask": mask}

write("bert", Encoder(types=2), text | {"token_type_ids": types}, ["hidden", "pooled"], "")
write("decoder", Encoder(is_causal=True, head=nn.Linear(WIDTH, WORDS, bias=False)), {"input_ids": ids},
      ["logits"], "task: agreement\n")
write("classifier", Encoder(head=First(3)), text, ["logits"], "task: classification\n",
      extra={"labels": random.integers(0, 3, COUNT)})

for batch in (1, 4):
    write(f"fixed{batch}", Encoder(head=First(3)), text, ["logits"], "task: classification\n",
          extra={"labels": random.integers(0, 3, COUNT)}, batch=batch)

left, right = random.integers(0, 256, (2, COUNT, 1, 12, 12)).astype(np.uint8)
scaled = [((a.astype(np.float32) / np.float32(255)) - np.float32(0.5)) / np.float32(0.25) for a in (left, right)]
write("pair", Pair(), {"left": left, "right": right}, ["same"],
      "task: classification\ninput: {scale: 255, mean: [0.5], std: [0.25]}\n",
      given=dict(zip(("left", "right"), scaled)), extra={"labels": random.integers(0, 2, COUNT)})

flat = left.astype(np.float32) / np.float32(255)
write("autoencoder", nn.Sequential(
    nn.Conv2d(1, 6, 3, 2, 1), nn.LeakyReLU(), nn.Conv2d(6, 3, 3, 2, 1),
    nn.ConvTranspose2d(3, 6, 4, 2, 1), nn.PReLU(), nn.ConvTranspose2d(6, 1, 4, 2, 1), nn.Sigmoid()),
    {"x": flat}, ["y"], "task: regression\n", extra={"targets": flat})

images = random.integers(0, 256, (COUNT, 3, 12, 20)).astype(np.uint8)
maps = images[:, 0].astype(np.int64) // 64
maps[:, 0, :3] = 255
write("segmenter", Segmenter(), {"images": images}, ["scores"],
      "task: segmentation\ninput: {scale: 255, mean: [0, 0, 0], std: [1, 1, 1]}\n",
      given={"image": images.astype(np.float32) / np.float32(255)}, extra={"masks": maps}, free=True)
