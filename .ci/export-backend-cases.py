#!/usr/bin/env python3
"""Write the node cases of the installed onnx package as folders that the tests read.

usage: export-backend-cases.py FOLDER

Each case becomes FOLDER/<name>/model.onnx with test_data_set_<n>/input_<i>.pb and output_<i>.pb, as
in ONNX's own releases. The tests look in .judges-cases at the repository's root:

    .judges/bin/python .ci/export-backend-cases.py .judges-cases

Cases with sequences or optional values are left out: no tensor file can hold them. Models of opsets
that are newer than the package reads are written as of the newest it reads where ONNX's checker
finds them valid in it, and otherwise left out.
"""

import pathlib
import sys

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

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


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[1])
    cases = collect_testcases()
    written = sum(write(case, target / case.name) for case in cases)
    print(f"{written} of {len(cases)} cases written to {target} (onnx {onnx.__version__})")


if __name__ == "__main__":
    main()
