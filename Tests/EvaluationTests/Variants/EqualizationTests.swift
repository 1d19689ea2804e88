import Evaluation
import Execution
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// Cross-layer equalization: the formula against NumPy, the function against the original network.
@Suite struct EqualizationTests {
  /// Numbers around 0, every one of them another.
  private func tensor(_ shape: [Int], _ generator: inout SeededGenerator) -> Tensor {
    Tensor(
      shape,
      (0..<shape.reduce(1, *)).map { _ in Float.random(in: -1...1, using: &generator) })
  }

  /// Convolutions one behind the other with ReLU between: full, depthwise, full; then a Gemm behind a
  /// Flatten.
  private func chain(_ generator: inout SeededGenerator) -> NetworkGraph {
    var graph = NetworkGraph(
      inputs: [ValueInfo(name: "x", type: .float32, shape: [1, 3, 5, 5].map { .fixed($0) })],
      outputs: [ValueInfo(name: "y", type: .float32, shape: [.fixed(1), .fixed(4)])])
    let layers: [(name: String, shape: [Int], group: Int)] = [
      ("a", [6, 3, 3, 3], 1), ("b", [6, 1, 3, 3], 6), ("c", [4, 6, 1, 1], 1),
    ]
    var value = "x"
    for layer in layers {
      graph.initializers[layer.name + ".weight"] = tensor(layer.shape, &generator)
      graph.initializers[layer.name + ".bias"] = tensor([layer.shape[0]], &generator)
      let kernel = layer.shape[2]
      graph.nodes.append(
        Node(
          op: "Conv", inputs: [value, layer.name + ".weight", layer.name + ".bias"],
          outputs: [layer.name],
          attributes: [
            "group": .int(layer.group), "kernel_shape": .ints([kernel, kernel]),
            "pads": .ints(Array(repeating: kernel / 2, count: 4)),
          ]))
      graph.nodes.append(Node(op: "Relu", inputs: [layer.name], outputs: [layer.name + "r"]))
      value = layer.name + "r"
    }
    graph.nodes.append(
      Node(
        op: "MaxPool", inputs: [value], outputs: ["p"],
        attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])]))
    graph.nodes.append(Node(op: "Flatten", inputs: ["p"], outputs: ["f"]))
    graph.initializers["d.weight"] = tensor([16, 4], &generator)
    graph.nodes.append(Node(op: "Gemm", inputs: ["f", "d.weight"], outputs: ["y"]))
    return graph
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges: the formula is not compared"))
  func formulaIsThePapers() throws {
    var generator = SeededGenerator(seed: 19_060_472_1)
    let graph = chain(&generator)
    let (equalized, report) = try CrossLayerEqualization.apply(to: graph)
    #expect(report.pairs.map(\.first) == ["a", "b", "c"])
    #expect(report.pairs.map(\.second) == ["b", "c", "d"])
    let folder = try TemporaryFolder()
    try ONNXWriter.write(graph, to: folder.path("before.onnx"))
    try ONNXWriter.write(equalized, to: folder.path("after.onnx"))
    // The loop of 1906.04721, 4.1, over pairs in order until nothing changes.
    let script = """
      import sys, numpy as np, onnx, onnxruntime as ort
      from onnx import numpy_helper as nh
      def load(p): return {i.name: nh.to_array(i).astype(np.float64) for i in onnx.load(p).graph.initializer}
      w, got = load(sys.argv[1]), load(sys.argv[2])
      def rows(n):    # ranges of output channels
          return np.abs(w[n + ".weight"]).reshape(len(w[n + ".weight"]), -1).max(1)
      def columns(n): # ranges of input channels
          v = np.abs(w[n + ".weight"])
          if n == "d": return v.reshape(4, 4 * 4).max(1)   # 4 positions of each of 4 channels
          return v.reshape(len(v), -1).max(1) if n == "b" else v.max((0, 2, 3))
      for sweep in range(40):
          change = 0
          for a, b in (("a", "b"), ("b", "c"), ("c", "d")):
              r1, r2 = rows(a), columns(b)
              s = np.sqrt(r1 * r2) / r2
              w[a + ".weight"] /= s.reshape(-1, 1, 1, 1)
              w[a + ".bias"] /= s
              if b == "d": w["d.weight"] *= np.repeat(s, 4).reshape(-1, 1)
              elif b == "b": w["b.weight"] *= s.reshape(-1, 1, 1, 1)
              else: w[b + ".weight"] *= s.reshape(1, -1, 1, 1)
              change = max(change, np.max(np.maximum(s, 1 / s)) - 1)
          if change <= 1e-3: break
      print(max(np.max(np.abs(w[n] - got[n]) / np.abs(w[n]).max()) for n in w))
      x = np.random.default_rng(0).normal(size=(1, 3, 5, 5)).astype(np.float32)
      y = [ort.InferenceSession(p).run(None, {"x": x})[0] for p in sys.argv[1:3]]
      print(np.max(np.abs(y[0] - y[1])) / np.abs(y[0]).max())
      """
    let output = try JudgePython.run(
      script, arguments: [folder.path("before.onnx"), folder.path("after.onnx")])
    let numbers = output.split(separator: "\n").compactMap { Double($0) }
    #expect(numbers.count == 2)
    #expect(numbers.allSatisfy { $0 < 2e-6 }, "\(numbers)")
  }

  @Test(arguments: [
    "cifar10/resnet20.onnx", "tiny/fashion_resnet8.onnx", "tiny/mnist_lenet5.onnx",
  ])
  func functionIsKept(asset: String) throws {
    guard let path = SharedAssets.path(asset) else {
      print("no shared assets: \(asset) not equalized")
      return
    }
    try compare(path: path, atLeast: 1)
  }

  @Test(.enabled(if: JudgePython.isAvailable, "no judges: MobileNetV2 not made"))
  func mobileNetIsKept() throws {
    let folder = try TemporaryFolder()
    let script = SharedAssets.root.appending(path: "Benchmarks/mobilenet_v2.py").path
    let run = try Subprocess(
      SharedAssets.root.appending(path: ".judges/bin/python").path,
      [script, folder.path("m.onnx"), "--width", "0.35", "--size", "64"])
    guard run.status == 0 else {
      print("MobileNetV2 not made: \(run.errors)")
      return
    }
    // Only two projections feed one expansion alone; the others end in a sum or go around a block too.
    let report = try compare(path: folder.path("m.onnx"), atLeast: 2)
    #expect(report.refusals.contains { $0.reason.contains("ReLU6") })
    // With ReLU in the place of ReLU6 every layer of a block is in a pair.
    var relu = try ONNXReader.read(path: folder.path("m.onnx")).graph
    let replaced = try CrossLayerEqualization.apply(
      to: relu, Equalization(replacesReLU6: true))
    #expect(replaced.report.replacedReLU6 == 35)
    #expect(replaced.report.pairs.count > 34)
    for index in relu.nodes.indices where relu.nodes[index].op == "Clip" {
      relu.nodes[index] = Node(
        op: "Relu", inputs: [relu.nodes[index].inputs[0]], outputs: relu.nodes[index].outputs)
    }
    try expectSame(relu, replaced.graph)
  }

  @discardableResult
  private func compare(path: String, atLeast pairs: Int) throws -> EqualizationReport {
    var graph = try ONNXReader.read(path: path).graph
    graph.foldBatchNormalization()
    let (equalized, report) = try CrossLayerEqualization.apply(to: graph)
    equalized.checkInvariants()
    #expect(report.pairs.count >= pairs, "\(path): \(report)")
    #expect(
      report.pairs.count + report.refusals.count == graph.compressibleLayers().count)
    try expectSame(graph, equalized)
    return report
  }

  private func expectSame(_ graph: NetworkGraph, _ other: NetworkGraph) throws {
    var generator = SeededGenerator(seed: 7)
    var inputs: [String: Tensor] = [:]
    for input in graph.runtimeInputs {
      let shape = try #require(input.shape).map { dimension in
        if case .fixed(let length) = dimension { length } else { 2 }
      }
      inputs[input.name] = tensor(shape, &generator)
    }
    let before = try FastExecutor(graph: graph).run(
      inputs: inputs, weights: [:], options: RunOptions())
    let after = try FastExecutor(graph: other).run(
      inputs: inputs, weights: [:], options: RunOptions())
    for (name, expected) in before.outputs {
      let values = expected.floats
      let largest = values.reduce(Float(1e-20)) { max($0, $1.magnitude) }
      let found = try #require(after.outputs[name]).floats
      let difference = zip(values, found).reduce(Float(0)) { max($0, ($1.0 - $1.1).magnitude) }
      #expect(difference / largest < 1e-4, "\(name): \(difference / largest)")
    }
  }
}
