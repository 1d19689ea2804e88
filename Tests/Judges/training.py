"""Losses, optimizers and learned steps of PyTorch for the numbers in an .npz: IN OUT."""
import sys

import numpy as np
import torch
import torch.nn.functional as F

given = dict(np.load(sys.argv[1]))
found = {}


def tensor(name, gradient=False):
    return torch.tensor(given[name], requires_grad=gradient)


def losses():
    labels = torch.tensor(given["labels"])
    teacher = tensor("teacher")
    for temperature in (1.0, 4.0):
        scores = tensor("scores", True)
        loss = temperature**2 * F.kl_div(
            F.log_softmax(scores / temperature, 1),
            F.log_softmax(teacher / temperature, 1),
            log_target=True,
            reduction="batchmean",
        )
        loss.backward()
        found[f"distillation{temperature:.0f}"] = np.float64(loss.item())
        found[f"distillation{temperature:.0f}.gradient"] = scores.grad.numpy()
    scores = tensor("scores", True)
    loss = F.cross_entropy(scores, labels)
    loss.backward()
    found["crossentropy"] = np.float64(loss.item())
    found["crossentropy.gradient"] = scores.grad.numpy()
    # The same behind a softmax: gradients with respect to probabilities.
    probabilities = tensor("scores").softmax(1).requires_grad_(True)
    loss = F.nll_loss(probabilities.log(), labels)
    loss.backward()
    found["probabilities"] = probabilities.detach().numpy()
    found["probabilities.gradient"] = probabilities.grad.numpy()
    scores = tensor("scores", True)
    loss = ((scores - teacher) ** 2).mean() / teacher.double().var(unbiased=False).float()
    loss.backward()
    found["matching"] = np.float64(loss.item())
    found["matching.gradient"] = scores.grad.numpy()


def optimizers():
    gradients = tensor("gradients")
    rates = given["rates"]
    for name in ("sgd", "sgd-decay", "adamw", "adamw-decay"):
        weights = tensor("weights").clone().requires_grad_(True)
        decay = 0.01 if name.endswith("decay") else 0.0
        if name.startswith("sgd"):
            optimizer = torch.optim.SGD([weights], lr=1.0, momentum=0.9, weight_decay=decay)
        else:
            optimizer = torch.optim.AdamW([weights], lr=1.0, weight_decay=decay)
        for gradient, rate in zip(gradients, rates):
            optimizer.param_groups[0]["lr"] = float(rate)
            weights.grad = gradient.clone()
            optimizer.step()
        found[name] = weights.detach().numpy()


class Learned(torch.autograd.Function):
    """LSQ (1902.08153), equations 1 to 3."""

    @staticmethod
    def forward(context, weights, step, highest):
        ratio = weights / step
        codes = torch.clamp(torch.round(ratio), -highest, highest)
        context.save_for_backward(ratio, codes)
        context.highest = highest
        return codes * step

    @staticmethod
    def backward(context, gradient):
        ratio, codes = context.saved_tensors
        inside = ratio.abs() <= context.highest
        slope = torch.where(inside, codes - ratio, codes)
        axes = tuple(range(1, ratio.dim()))
        scale = (ratio[0].numel() * context.highest) ** -0.5
        return gradient * inside, (gradient * slope).sum(axes, keepdim=True) * scale, None


def learned():
    weights, step = tensor("weight", True), tensor("step", True)
    values = Learned.apply(weights, step.view(-1, 1, 1, 1), 3)
    values.backward(tensor("upstream"))
    found["learned"] = values.detach().numpy()
    found["learned.weight"] = weights.grad.numpy()
    found["learned.step"] = step.grad.numpy()


if "scores" in given:
    losses()
if "gradients" in given:
    optimizers()
if "weight" in given:
    learned()
np.savez(sys.argv[2], **found)
