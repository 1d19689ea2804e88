"""The inputs of a model, as the descriptions beside the data say."""

import pathlib

import numpy
import yaml


def read(path, limit=None):
    """Named float32 or int64 arrays, samples first: a dictionary, or one array without a name.

    `path` is a description (.yaml) of an archive of images, or an archive (.npz). Of token pairs
    (ids_a, mask_a, ids_b, mask_b) the first sentences are taken, as weightbench does.
    """
    path = pathlib.Path(path)
    if path.suffix == ".npz":
        return archive(path, limit)
    description = yaml.safe_load(path.read_text())
    images = numpy.load(path.parent / description["data"])["images"][:limit]
    rule = description["input"]
    mean, std = (
        numpy.array(rule[key], dtype=numpy.float32).reshape(1, -1, 1, 1) for key in ("mean", "std")
    )
    scaled = images.astype(numpy.float32) / numpy.float32(rule["scale"])
    return ((scaled - mean) / std).astype(numpy.float32)


def archive(path, limit):
    data = numpy.load(path)
    if "ids_a" in data:
        return {"input_ids": data["ids_a"][:limit], "attention_mask": data["mask_a"][:limit]}
    if "images" in data:
        return data["images"][:limit].astype(numpy.float32)
    return {name: data[name][:limit] for name in data.files}


def named(inputs, names):
    """`inputs` by the names of the model's inputs."""
    return inputs if isinstance(inputs, dict) else {names[0]: inputs}


def batches(inputs, size):
    """`inputs` in pieces of `size` samples."""
    count = len(next(iter(inputs.values())))
    return [
        {name: numpy.ascontiguousarray(array[start : start + size]) for name, array in inputs.items()}
        for start in range(0, count, size)
    ]
