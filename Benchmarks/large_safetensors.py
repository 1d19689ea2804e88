#!/usr/bin/env python3
"""Writes a safetensors file of 500 M float32 parameters (2 GB) with the shapes of a decoder transformer.

    python Benchmarks/large_safetensors.py large.safetensors [--layers 30] [--width 1024] [--seed 0]

Needs numpy. The tensors are written one after the other, so that little memory is used.
"""
import argparse
import json

import numpy as np


def shapes(layers: int, width: int, vocabulary: int):
    yield "model.embed_tokens.weight", (vocabulary, width)
    for index in range(layers):
        name = f"model.layers.{index}"
        for projection in "qkvo":
            yield f"{name}.self_attn.{projection}_proj.weight", (width, width)
        yield f"{name}.mlp.gate_proj.weight", (4 * width, width)
        yield f"{name}.mlp.up_proj.weight", (4 * width, width)
        yield f"{name}.mlp.down_proj.weight", (width, 4 * width)
        yield f"{name}.input_layernorm.weight", (width,)
        yield f"{name}.post_attention_layernorm.weight", (width,)
    yield "model.norm.weight", (width,)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--layers", type=int, default=28)
    parser.add_argument("--width", type=int, default=1024)
    parser.add_argument("--vocabulary", type=int, default=50304)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    tensors = list(shapes(options.layers, options.width, options.vocabulary))
    header, offset = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in tensors:
        size = int(np.prod(shape)) * 4
        header[name] = {"dtype": "F32", "shape": list(shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    random = np.random.default_rng(options.seed)
    with open(options.output, "wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        for _, shape in tensors:
            file.write((random.standard_normal(shape, np.float32) / np.float32(np.sqrt(options.width))).tobytes())
    print(f"{options.output}: {offset // 4:,} parameters")
