"""One measurement of one peer, in a process of its own; prints one JSON object.

tasks: `throughput` runs all samples; `edits` changes the weights of one layer after the other and
runs all samples each time: a new session in ONNX Runtime and OpenVINO, whose sessions do not take
new weights, a copy into the parameter in PyTorch. Writing the model's bytes is not counted.
"""

import argparse
import json
import os
import statistics
import time

import numpy
import onnx
from onnx import numpy_helper

import samples


class OnnxRuntime:
    def __init__(self, threads, precision):
        import onnxruntime

        self.module = onnxruntime
        self.options = onnxruntime.SessionOptions()
        self.options.intra_op_num_threads = threads
        self.version = f"onnxruntime {onnxruntime.__version__}"

    def prepare(self, model):
        """The bytes of a model, written before the clock starts."""
        return model.SerializeToString()

    def open(self, prepared):
        return self.module.InferenceSession(
            prepared, self.options, providers=["CPUExecutionProvider"]
        )

    def run(self, session, batch):
        return session.run(None, batch)


class OpenVINO:
    def __init__(self, threads, precision):
        import openvino

        self.core = openvino.Core()
        self.options = {"PERFORMANCE_HINT": "THROUGHPUT", "INFERENCE_NUM_THREADS": threads}
        self.options["NUM_STREAMS"] = threads
        if precision == "f32":
            self.options["INFERENCE_PRECISION_HINT"] = "f32"
        self.requests = threads
        self.module = openvino
        self.version = f"openvino {openvino.__version__.split('-')[0]}"

    def prepare(self, model):
        return model.SerializeToString()

    def open(self, prepared):
        return self.core.compile_model(
            self.core.read_model(prepared, b""), "CPU", self.options
        )

    def run_all(self, compiled, batches):
        """One stream a thread, as OpenVINO wants it for throughput."""
        queue = self.module.AsyncInferQueue(compiled, self.requests)
        results = [None] * len(batches)

        def done(request, index):
            results[index] = [request.get_output_tensor(0).data.copy()]

        queue.set_callback(done)
        for index, batch in enumerate(batches):
            queue.start_async(batch, index)
        queue.wait_all()
        return results


class Torch:
    def __init__(self, threads, precision):
        import torch

        torch.set_num_threads(threads)
        self.torch = torch
        self.precision = precision
        self.version = f"torch {torch.__version__.split('+')[0]}"

    def prepare(self, model):
        return model

    def open(self, prepared):
        import onnx2torch

        return onnx2torch.convert(prepared).eval()

    def run(self, module, batch):
        tensors = [self.torch.from_numpy(array) for array in batch.values()]
        tensors = [
            t.to(memory_format=self.torch.channels_last) if t.dim() == 4 else t for t in tensors
        ]
        with self.torch.inference_mode():
            result = module(*tensors)
        results = result if isinstance(result, (tuple, list)) else [result]
        return [value.numpy() for value in results]


PEERS = {"onnxruntime": OnnxRuntime, "openvino": OpenVINO, "torch": Torch}


def run_all(peer, session, batches):
    if hasattr(peer, "run_all"):
        return peer.run_all(session, batches)
    return [peer.run(session, batch) for batch in batches]


def seconds(action):
    start = time.perf_counter()
    action()
    return time.perf_counter() - start


def throughput(peer, model, inputs, options):
    session = peer.open(peer.prepare(model))
    batches = samples.batches(inputs, options.batch)
    run_all(peer, session, batches)
    return {"seconds": [seconds(lambda: run_all(peer, session, batches)) for _ in range(options.rounds)]}


def edits(peer, model, inputs, options):
    batches = samples.batches(inputs, options.batch)
    constants = {weight.name: weight for weight in model.graph.initializer}
    found = []
    session = peer.open(peer.prepare(model))
    run_all(peer, session, batches)
    for name in options.weights:
        weight = constants[name]
        original = numpy_helper.to_array(weight).copy()
        changed = (original * (numpy.abs(original) > numpy.quantile(numpy.abs(original), 0.3))).astype(
            original.dtype
        )
        if isinstance(peer, Torch):
            parameter = next(
                p
                for p in list(session.parameters()) + list(session.buffers())
                if tuple(p.shape) == original.shape and numpy.array_equal(p.detach().numpy(), original)
            )
            tensor = peer.torch.from_numpy(changed)

            def edit():
                with peer.torch.no_grad():
                    parameter.copy_(tensor)
                run_all(peer, session, batches)

            found.append(seconds(edit))
            with peer.torch.no_grad():
                parameter.copy_(peer.torch.from_numpy(original))
        else:
            weight.CopyFrom(numpy_helper.from_array(changed, name))
            prepared = peer.prepare(model)
            found.append(seconds(lambda: run_all(peer, peer.open(prepared), batches)))
            weight.CopyFrom(numpy_helper.from_array(original, name))
    return {"edits": found}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("runtime", choices=PEERS)
    parser.add_argument("task", choices=["throughput", "edits"])
    parser.add_argument("model")
    parser.add_argument("data")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--precision", choices=["f32", "default"], default="f32")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--weights", nargs="*", default=[])
    options = parser.parse_args()
    os.environ["OMP_NUM_THREADS"] = str(options.threads)
    peer = PEERS[options.runtime](options.threads, options.precision)
    model = onnx.load(options.model)
    constants = {weight.name for weight in model.graph.initializer}
    names = [value.name for value in model.graph.input if value.name not in constants]
    inputs = samples.named(samples.read(options.data, options.limit), names)
    result = {"throughput": throughput, "edits": edits}[options.task](peer, model, inputs, options)
    result |= {"peer": peer.version, "batch": options.batch}
    result["samples"] = len(next(iter(inputs.values())))
    if "seconds" in result:
        result["median"] = statistics.median(result["seconds"])
    print(json.dumps(result))


if __name__ == "__main__":
    main()
