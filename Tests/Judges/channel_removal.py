"""Runs a network with channels removed beside the same network with these channels at 0.

    channel_removal.py FOLDER

reads original.onnx, smaller.onnx, zeroed.onnx and removed.json ([{weight, axis, removed}] by layer)
from FOLDER and prints, as JSON, for the outputs of ONNX Runtime on seeded inputs:

- zeroed: the largest difference between smaller.onnx and zeroed.onnx over the largest output;
- judged: the same for original.onnx with weights, biases and normalization set to 0 here, by this
  script; -1 where a channel's normalization does not follow its layer directly (DenseNet);
- original: the same for original.onnx itself;
- macs: multiply-adds of original and smaller by ONNX's own shape inference.
"""

import json
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper, shape_inference


def unfold(model: onnx.ModelProto) -> None:
    """Makes initializers of constants that are nodes."""
    for node in [n for n in model.graph.node if n.op_type == "Constant"]:
        if node.attribute[0].name == "value":
            tensor = node.attribute[0].t
            tensor.name = node.output[0]
            model.graph.initializer.append(tensor)
            model.graph.node.remove(node)


def zeroed(model: onnx.ModelProto, removed: list) -> bool:
    """Sets the channels to 0; false when what follows a layer is not understood."""
    weights = {t.name: t for t in model.graph.initializer}
    if any(layer["weight"] not in weights for layer in removed):
        return False
    readers: dict[str, list] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, []).append(node)

    def clear(name: str, axis: int, places: list) -> None:
        array = numpy_helper.to_array(weights[name]).copy()
        array[(slice(None),) * axis + (places,)] = 0
        weights[name].CopyFrom(numpy_helper.from_array(array, name))

    for layer in removed:
        if not layer["removed"]:
            continue
        clear(layer["weight"], layer["axis"], layer["removed"])
        for node in readers[layer["weight"]]:
            if node.op_type in ("Conv", "ConvTranspose", "Gemm") and len(node.input) > 2:
                clear(node.input[2], 0, layer["removed"])
            following = readers.get(node.output[0], [])
            for after in following:
                if after.op_type == "BatchNormalization":
                    clear(after.input[1], 0, layer["removed"])
                    clear(after.input[2], 0, layer["removed"])
                if after.op_type == "Add" and node.op_type == "MatMul":
                    for name in after.input:
                        if name in weights and len(weights[name].dims) == 1:
                            clear(name, 0, layer["removed"])
                if after.op_type == "Concat":
                    behind = [n.op_type for n in readers.get(after.output[0], [])]
                    if "BatchNormalization" in behind:
                        return False
    return True


def multiply_adds(model: onnx.ModelProto) -> int:
    """Multiply-adds of one sample, by the shapes that ONNX infers."""
    model = onnx.ModelProto.FromString(model.SerializeToString())
    names = {t.name for t in model.graph.initializer}
    for value in model.graph.input:
        if value.name not in names:
            value.type.tensor_type.shape.dim[0].dim_value = 1
    for output in model.graph.output:
        if output.type.tensor_type.shape.dim:
            output.type.tensor_type.shape.dim[0].dim_value = 1
    del model.graph.value_info[:]
    # The runtime's constant folding makes numbers of shapes that the graph calculates.
    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        options.optimized_model_filepath = file.name
        ort.InferenceSession(model.SerializeToString(), options)
        model = onnx.load(file.name)
    del model.graph.value_info[:]
    model = shape_inference.infer_shapes(model, data_prop=True)
    shapes = {t.name: list(t.dims) for t in model.graph.initializer}
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        shapes.setdefault(value.name, [d.dim_value for d in value.type.tensor_type.shape.dim])
    total = 0
    for node in model.graph.node:
        if node.op_type == "Conv":
            weight = shapes[node.input[1]]
            total += int(np.prod(shapes[node.output[0]])) * int(np.prod(weight[1:]))
        elif node.op_type == "ConvTranspose":
            weight = shapes[node.input[1]]
            total += int(np.prod(shapes[node.input[0]])) * int(np.prod(weight[1:]))
        elif node.op_type in ("Gemm", "MatMul"):
            transposed = any(a.name == "transA" and a.i for a in node.attribute)
            depth = shapes[node.input[0]][0 if transposed else -1]
            total += int(np.prod(shapes[node.output[0]])) * depth
    return total


def feeds(session: ort.InferenceSession) -> dict:
    random = np.random.default_rng(0)
    result = {}
    for value in session.get_inputs():
        shape = [
            d if isinstance(d, int) and d > 0 else 2 if axis < 2 else 96 * (axis - 1)
            for axis, d in enumerate(value.shape)
        ]
        if "int" in value.type:
            array = np.ones(shape, np.int64)
            if "mask" in value.name:
                array[:, shape[1] * 3 // 4 :] = 0
            else:
                array = random.integers(0, 500, shape, dtype=np.int64)
        else:
            array = random.standard_normal(shape).astype(np.float32)
        result[value.name] = array
    return result


def run(model: bytes, given: dict | None = None):
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    session = ort.InferenceSession(model, options)
    given = given or feeds(session)
    return given, session.run(None, given)


def main() -> None:
    folder = sys.argv[1]
    original = onnx.load(f"{folder}/original.onnx")
    unfold(original)
    smaller = onnx.load(f"{folder}/smaller.onnx")
    onnx.checker.check_model(smaller, full_check=True)
    given, found = run(smaller.SerializeToString())

    def distance(model: bytes) -> float:
        _, expected = run(model, given)
        worst = 0.0
        for one, other in zip(found, expected, strict=True):
            scale = float(np.abs(other).max()) or 1.0
            worst = max(worst, float(np.abs(one - other).max()) / scale)
        return worst

    macs = [multiply_adds(original), multiply_adds(smaller)]
    result = {
        "zeroed": distance(onnx.load(f"{folder}/zeroed.onnx").SerializeToString()),
        "original": distance(original.SerializeToString()), "judged": -1.0, "macs": macs,
    }
    try:
        if zeroed(original, json.load(open(f"{folder}/removed.json"))):
            result["judged"] = distance(original.SerializeToString())
    except LookupError:
        pass  # A bias that is calculated: not understood here.
    print(json.dumps(result))


if __name__ == "__main__":
    main()
