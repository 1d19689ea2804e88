"""Exports a torchvision network with seeded random weights and normalization statistics.

    channel_models.py {densenet121,shufflenet_v2_x1_0} OUTPUT.onnx

Channel removal depends on structure alone, so no trained weights are needed; statistics are random so
that normalization does something.
"""

import sys

import torch

# The networks need none of torchvision's compiled operators. Beside a build of torch for processors
# alone those do not load, and two are asked for on import.
if torch.version.cuda is None:
    compiled = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        compiled.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
# Where it is installed apart.
sys.path.append(f"{sys.prefix}/torchvision-alone")
import torchvision

torch.manual_seed(0)
network = getattr(torchvision.models, sys.argv[1])(weights=None).eval()
for module in network.modules():
    if isinstance(module, torch.nn.BatchNorm2d):
        torch.nn.init.uniform_(module.weight, 0.5, 1.5)
        torch.nn.init.uniform_(module.bias, -0.5, 0.5)
        torch.nn.init.uniform_(module.running_mean, -0.5, 0.5)
        torch.nn.init.uniform_(module.running_var, 0.5, 1.5)
torch.onnx.export(
    network, (torch.randn(1, 3, 64, 64),), sys.argv[2], input_names=["x"],
    output_names=["logits"], dynamic_axes={"x": {0: "N"}, "logits": {0: "N"}}, opset_version=17,
    dynamo=False)
