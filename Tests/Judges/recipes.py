"""Reads recipes with the tools they are for, and prints what those understood as JSON.

Usage: recipes.py TOOL FILE [MODEL]. Exit status 3 when the tool is not installed. Readers only: no
network is trained, no data set is loaded.
"""

import importlib.abc
import importlib.machinery
import json
import logging
import sys
import types
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


class Stub(types.ModuleType):
    """A module in place of one that loads data sets or starts GPUs: every name is an empty class."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


class StubFinder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds stubs for what llm-compressor imports but does not need to read a recipe."""

    names = ("datasets", "accelerate", "requests", "auto_round", "pynvml")

    def find_spec(self, name, path, target=None):
        if name.split(".")[0] in self.names:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = Stub(spec.name)
        module.__path__ = []
        return module

    def exec_module(self, module):
        pass


def llm_compressor(path, model):
    sys.meta_path.append(StubFinder())
    from llmcompressor.recipe import Recipe

    result = []
    for modifier in Recipe.create_instance(path).modifiers:
        name = type(modifier).__name__
        if hasattr(modifier, "config_groups") and modifier.config_groups:
            for scheme in modifier.resolve_quantization_config().config_groups.values():
                weights = scheme.weights
                result.append(
                    {
                        "modifier": name,
                        "targets": scheme.targets,
                        "bits": weights.num_bits,
                        "symmetric": weights.symmetric,
                        "strategy": str(getattr(weights.strategy, "value", weights.strategy)),
                        "group": weights.group_size,
                    }
                )
        else:
            amount = getattr(modifier, "sparsity", None)
            if amount is None:
                amount = modifier.final_sparsity
            result.append(
                {
                    "modifier": name,
                    "targets": modifier.targets,
                    "sparsity": amount,
                    "structure": modifier.mask_structure,
                }
            )
    return result


def torchao(path, model):
    from torchao.core.config import config_from_dict

    config = config_from_dict(json.load(open(path)))
    result = {}
    for name, entry in config.fqn_to_config.items():
        prefix = "weight_" if hasattr(entry, "weight_granularity") else ""
        granularity = getattr(entry, prefix + "granularity")
        result[name] = {
            "type": type(entry).__name__,
            "dtype": str(entry.weight_dtype),
            "granularity": type(granularity).__name__,
            "group": getattr(granularity, "group_size", None),
            "mapping": str(getattr(entry, prefix + "mapping_type", None)),
        }
    return result


def coremltools(path, model):
    import yaml
    from coremltools.optimize.torch.layerwise_compression import LayerwiseCompressorConfig
    from coremltools.optimize.torch.palettization import PostTrainingPalettizerConfig
    from coremltools.optimize.torch.pruning import MagnitudePrunerConfig
    from coremltools.optimize.torch.quantization import PostTrainingQuantizerConfig

    classes = {
        c.__name__: c
        for c in (
            LayerwiseCompressorConfig,
            PostTrainingPalettizerConfig,
            MagnitudePrunerConfig,
            PostTrainingQuantizerConfig,
        )
    }
    recipe = yaml.safe_load(open(path))
    if not set(recipe) <= set(classes):
        name = open(path).readlines()[1].split()[1].split(".")[0]
        recipe = {name: recipe}
        classes[name].from_yaml(path)
    result = {}
    for name, content in recipe.items():
        modules = classes[name].from_dict(content).module_name_configs
        result[name] = {
            key: {
                k: str(getattr(v, "value", v))
                for k, v in vars_of(entry).items()
                if v is not None
            }
            for key, entry in modules.items()
        }
    return result


def vars_of(entry):
    import attr

    return {a.name: getattr(entry, a.name) for a in attr.fields(type(entry))}


def nncf(path, model):
    import importlib.util
    import io
    from contextlib import redirect_stdout

    import onnx

    spec = importlib.util.spec_from_file_location("recipe", path)
    module = importlib.util.module_from_spec(spec)
    with redirect_stdout(io.StringIO()):
        spec.loader.exec_module(module)
        compressed = module.compress(onnx.load(model))
    types_by_name = {t.name: t.data_type for t in compressed.graph.initializer}
    result = {}
    for node in compressed.graph.node:
        if node.op_type == "DequantizeLinear":
            kind = onnx.TensorProto.DataType.Name(types_by_name[node.input[0]])
            result[kind] = result.get(kind, 0) + 1
        elif node.op_type == "MatMulNBits":
            result[node.op_type] = result.get(node.op_type, 0) + 1
    return result


def onnxruntime(path, model):
    """Quantizes the model with the overrides; prints the codes of every overridden weight."""
    import os
    import tempfile

    import numpy as np
    import onnx
    from onnx import numpy_helper
    from onnxruntime.quantization import CalibrationDataReader, QuantType, quantize_static

    overrides = json.load(open(path))
    for entries in overrides.values():
        for entry in entries:
            entry["quant_type"] = QuantType.from_string(entry["quant_type"])
            entry["scale"] = np.array(entry["scale"], dtype=np.float32)
            kind = onnx.helper.tensor_dtype_to_np_dtype(entry["quant_type"].tensor_type)
            entry["zero_point"] = np.array(entry["zero_point"], dtype=kind)

    source = onnx.load(model)
    value = source.graph.input[0]
    shape = [d.dim_value or 1 for d in value.type.tensor_type.shape.dim]

    class Reader(CalibrationDataReader):
        def __init__(self):
            self.rest = [np.random.default_rng(i).normal(size=shape) for i in range(2)]

        def get_next(self):
            return {value.name: self.rest.pop().astype(np.float32)} if self.rest else None

    with tempfile.TemporaryDirectory() as folder:
        target = os.path.join(folder, "quantized.onnx")
        quantize_static(
            model, target, Reader(), per_channel=True, extra_options={"TensorQuantOverrides": overrides}
        )
        quantized = onnx.load(target)
    tensors = {t.name: t for t in quantized.graph.initializer}
    result = {}
    for node in quantized.graph.node:
        name = node.input[0] if node.input else ""
        if node.op_type == "DequantizeLinear" and name.removesuffix("_quantized") in overrides:
            codes = numpy_helper.to_array(tensors[name]).astype(np.int32)
            result[name.removesuffix("_quantized")] = codes.flatten().tolist()
    return result


TOOLS = {
    "llm-compressor": llm_compressor,
    "torchao": torchao,
    "coremltools": coremltools,
    "nncf": nncf,
    "onnxruntime": onnxruntime,
}

if __name__ == "__main__":
    try:
        understood = TOOLS[sys.argv[1]](sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
    except ModuleNotFoundError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
    json.dump(understood, sys.stdout, sort_keys=True)
