#!/usr/bin/env python3
"""Write the backend cases of the installed onnx package as folders that the tests read.

usage: export-backend-cases.py FOLDER

Each node case becomes FOLDER/<name>/model.onnx with test_data_set_<n>/input_<i>.pb and
output_<i>.pb, as in ONNX's own releases; the collections of whole models become
FOLDER/<collection>/<name> in the same form. The tests look in .judges-cases at the repository's
root, where `make judges` puts them:

    .judges/bin/python .ci/export-backend-cases.py .judges-cases

Cases with sequences or optional values are left out: no tensor file can hold them. Models of opsets
that are newer than the package reads are written as of the newest it reads where ONNX's checker
finds them valid in it, and otherwise left out.
"""

import pathlib
import shutil
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases
from onnx.backend.test.runner import Runner

NEWEST_OPSET = 25


def lowered(model):
    """The model in an opset that the package reads; None when it is not valid in one."""
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx") and opset.version > NEWEST_OPSET:
            opset.version = NEWEST_OPSET
            try:
                onnx.checker.check_model(model, full_check=True)
            except (onnx.checker.ValidationError, onnx.shape_inference.InferenceError):
                return None
    return model


def tensor(value):
    """The value as a TensorProto; None when it is no tensor."""
    if isinstance(value, onnx.TensorProto):
        return value
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return numpy_helper.from_array(numpy.asarray(value))
    return None


def write(case, folder):
    """Write one case; returns whether its values could be written."""
    data_sets = []
    for inputs, outputs in case.data_sets:
        data_sets.append(([tensor(v) for v in inputs], [tensor(v) for v in outputs]))
    if any(value is None for pair in data_sets for values in pair for value in values):
        return False
    model = lowered(case.model)
    if model is None:
        return False
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    for number, pair in enumerate(data_sets):
        data = folder / f"test_data_set_{number}"
        data.mkdir(exist_ok=True)
        for kind, values in zip(("input", "output"), pair):
            for index, value in enumerate(values):
                (data / f"{kind}_{index}.pb").write_bytes(value.SerializeToString())
    return True


def write_collection(source, target):
    """Copy a collection of cases that the package holds as files."""
    shutil.copytree(source, target, dirs_exist_ok=True)
    return sum(1 for _ in target.glob("*/model.onnx"))


def write_light(source, target):
    """Write the light models with the inputs that ONNX's own runner makes for them."""
    written = 0
    for path in sorted(source.glob("light_*.onnx")):
        model = onnx.load(path)
        name = path.stem
        data = target / f"test_{name}" / "test_data_set_0"
        data.mkdir(parents=True, exist_ok=True)
        constants = {weight.name for weight in model.graph.initializer}
        inputs = [value for value in model.graph.input if value.name not in constants]
        for index, value in enumerate(inputs):
            array = Runner.generate_dummy_data(
                value, seed=0, name=name.removeprefix("light_"), random=False
            )
            tensor_file = numpy_helper.from_array(array, value.name)
            (data / f"input_{index}.pb").write_bytes(tensor_file.SerializeToString())
        for index in range(len(model.graph.output)):
            expected = path.with_name(f"{name}_output_{index}.pb")
            shutil.copy(expected, data / f"output_{index}.pb")
        shutil.copy(path, data.parent / "model.onnx")
        written += 1
    return written


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    cases = collect_testcases()
    written = sum(write(case, target / case.name) for case in cases)
    data = pathlib.Path(onnx.__file__).parent / "backend" / "test" / "data"
    models = write_light(data / "light", target / "light")
    for collection in ("pytorch-converted", "pytorch-operator"):
        models += write_collection(data / collection, target / collection)
    print(f"{models} whole models written to {target}")
    print(f"{written} of {len(cases)} node cases written to {target} (onnx {onnx.__version__})")


if __name__ == "__main__":
    main()
