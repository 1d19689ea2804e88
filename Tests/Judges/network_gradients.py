"""PyTorch's gradients of a network with seeded random weights: `network_gradients.py NAME MODEL.onnx RESULT.npz`.

NAME is a classification network of torchvision, or one of those below. The network is exported in the
form that it trains in, nothing folded, so that every parameter keeps its name; running statistics are
those of a batch. The loss is the sum of c y + y^2 / 2 over all outputs y with normally distributed c. RESULT
holds input:NAME, factor:NAME (c), loss, and grad:NAME of every parameter that the loss depends on.
"""

import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

# See channel_models.py.
if torch.version.cuda is None:
    compiled = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        compiled.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
# Where it is installed apart.
sys.path.append(f"{sys.prefix}/torchvision-alone")
import torchvision


class Segmenter(nn.Module):
    """Down and up again: transposed convolutions, interpolation, group and instance normalization."""

    def __init__(self):
        super().__init__()
        self.first = nn.Sequential(
            nn.Conv2d(3, 16, 3, padding=1, padding_mode="reflect"), nn.GroupNorm(4, 16), nn.Mish())
        self.down = nn.Sequential(
            nn.Conv2d(16, 32, 3, 2, 1, bias=False), nn.InstanceNorm2d(32, affine=True), nn.PReLU(32))
        self.deep = nn.Sequential(
            nn.MaxPool2d(2, ceil_mode=True), nn.Conv2d(32, 32, 3, padding=2, dilation=2, groups=4),
            nn.BatchNorm2d(32), nn.LeakyReLU(0.1), nn.AvgPool2d(2, 1, 1), nn.ELU())
        self.up = nn.ConvTranspose2d(32, 16, 3, 2, 1, output_padding=1)
        self.side = nn.ConvTranspose2d(32, 16, 2, 2, groups=2)
        self.last = nn.Conv2d(64, 5, 1)

    def forward(self, x):
        a = self.first(x)
        b = self.down(a)
        c = self.deep(b)
        wide = F.interpolate(c, size=a.shape[2:], mode="bilinear", align_corners=False)
        near = F.interpolate(self.up(c), scale_factor=2, mode="nearest")[..., :24, :24]
        cubic = F.interpolate(b[:, :16], scale_factor=2.0, mode="bicubic", align_corners=True)
        x = torch.cat([a + self.side(b), wide[:, :16], near, cubic], 1)
        return F.log_softmax(self.last(x), 1)


class Detector(nn.Module):
    """A small detector of YOLO's kind: SiLU, a pyramid, boxes from distributions, several outputs."""

    def __init__(self):
        super().__init__()
        block = lambda i, o, s: nn.Sequential(
            nn.Conv2d(i, o, 3, s, 1, bias=False), nn.BatchNorm2d(o), nn.SiLU())
        self.stages = nn.ModuleList([block(3, 16, 2), block(16, 32, 2), block(32, 64, 2)])
        self.join = block(96, 32, 1)
        self.boxes = nn.Conv2d(32, 4 * 8, 1)
        self.classes = nn.Conv2d(32, 3, 1)
        self.scale = nn.Parameter(torch.tensor(1.3))
        self.register_buffer("bins", torch.arange(8, dtype=torch.float32))

    def forward(self, x):
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        pooled = torch.cat([F.max_pool2d(x, 5, 1, 2), x], 1)[:, ::2]
        y = self.join(torch.cat([F.interpolate(pooled, scale_factor=2), found[1]], 1))
        n, _, h, w = y.shape
        shares = self.boxes(y).view(n, 4, 8, h * w).softmax(2)
        sides = torch.einsum("nkbp,b->nkp", shares, self.bins) * self.scale
        first, second = sides.chunk(2, 1)
        boxes = torch.cat([(second - first) / 2, torch.clamp(first + second, 0.1, 12.0)], 1)
        return boxes.transpose(1, 2), self.classes(y).flatten(2).sigmoid(), y.amax((2, 3))


class Encoder(nn.Module):
    """A text encoder of BERT's kind: the mean over the tokens, of length 1."""

    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(100, 48)
        self.places = nn.Parameter(torch.randn(1, 20, 48) * 0.1)
        layer = nn.TransformerEncoderLayer(48, 4, 96, 0.0, "gelu", batch_first=True)
        other = nn.TransformerEncoderLayer(48, 4, 96, 0.0, "relu", batch_first=True, norm_first=True)
        self.layers = nn.ModuleList([layer, other])
        self.pooler = nn.Linear(48, 48)

    def forward(self, tokens):
        x = self.words(tokens) + self.places
        for layer in self.layers:
            x = layer(x)
        x = x * (tokens != 0).float().unsqueeze(-1)
        mean = x.sum(1) / (tokens != 0).float().sum(1, keepdim=True).clamp(min=1)
        return F.normalize(torch.tanh(self.pooler(mean)), dim=1)


OWN = {"segmenter": Segmenter, "detector": Detector, "encoder": Encoder}


def network(name):
    if name in OWN:
        return OWN[name]()
    if name == "vit":
        return torchvision.models.VisionTransformer(32, 8, 2, 2, 32, 64, num_classes=10)
    if "deeplab" in name or "fcn" in name:
        made = getattr(torchvision.models.segmentation, name)(weights=None, weights_backbone=None)
        return Only(made)
    options = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, num_classes=10, **options)


class Only(nn.Module):
    """The one output of a segmentation network, without its name."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x)["out"]


def main():
    name, model_path, result_path = sys.argv[1:]
    torch.manual_seed(0)
    torch.backends.mha.set_fastpath_enabled(False)
    made = network(name)
    for module in made.modules():
        if isinstance(module, (nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
        # The statistics of the first batch.
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    # Equal ones would be exported as one.
    for parameter in made.parameters():
        if parameter.dim() == 1 or parameter.std() == 0:
            parameter.data += 0.1 * torch.randn(parameter.shape)
    if name == "encoder":
        inputs = torch.randint(0, 100, (3, 20))
    else:
        size = {"segmenter": 24, "vit": 32}.get(name, 64)
        inputs = torch.randn(2, 3, size, size)
    made.train()
    with torch.no_grad():
        made(inputs)
    made.eval()
    outputs = made(inputs)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    names = [f"y{index}" for index in range(len(outputs))]
    result = {"input:x": inputs.numpy()}
    loss = 0
    for output_name, value in zip(names, outputs):
        factor = torch.randn(value.shape)
        result[f"factor:{output_name}"] = factor.numpy()
        loss = loss + (factor * value + value * value / 2).sum()
    loss.backward()
    result["loss"] = np.array(loss.item(), np.float64)
    for parameter_name, parameter in made.named_parameters():
        if parameter.grad is not None:
            result[f"grad:{parameter_name}"] = parameter.grad.numpy()
    np.savez(result_path, **result)
    torch.onnx.export(
        made, (inputs,), model_path, input_names=["x"], output_names=names, opset_version=17,
        training=torch.onnx.TrainingMode.PRESERVE, do_constant_folding=False, dynamo=False)


main()
