import Foundation
import ModelFormats
import NetworkGraph
import Operators
import Tensors
import TestSupport
import Testing

/// Whole models on the reference executor against ONNX Runtime's values of every node output.
@Suite struct ReferenceModelTests {
  /// A model with a trace and the preprocessing of its first image.
  struct Model: Sendable, CustomTestStringConvertible {
    let trace: String
    let data: String
    let mean: [Float]
    let deviation: [Float]
    var testDescription: String { trace }
  }

  static let imageModels = [
    Model(
      trace: "digits_cnn", data: "tiny/digits8x8_test500.npz", mean: [0.3], deviation: [0.38]),
    Model(
      trace: "mnist_lenet5", data: "tiny/mnist5k_test1000.npz", mean: [0.1307],
      deviation: [0.3081]),
    Model(
      trace: "fashion_resnet8", data: "tiny/fashion_mnist_test10000.npz", mean: [0.286],
      deviation: [0.353]),
    Model(
      trace: "resnet20", data: "cifar10/cifar10_test1000.npz", mean: [0.485, 0.456, 0.406],
      deviation: [0.229, 0.224, 0.225]),
    Model(
      trace: "resnet20_bnfolded", data: "cifar10/cifar10_test1000.npz",
      mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]),
    Model(
      trace: "bccd_centernet", data: "detection/bccd/bccd_test72_160x128.npz",
      mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25]),
  ]

  @Test(.enabled(if: SharedAssets.folder != nil, "no shared assets"), arguments: imageModels)
  func everyNodeOutputAgrees(_ model: Model) throws {
    let trace = try Trace.read(model.trace)
    let graph = try ONNXReader.read(path: try asset(trace.model)).graph
    let images = try #require(
      try NPZFile.read(path: try asset(model.data))["images"], "the data has images")
    let image = Self.firstImage(images, mean: model.mean, deviation: model.deviation)
    let input = try #require(graph.runtimeInputs.first)
    try compare(trace, graph, inputs: [input.name: image])
  }

  @Test(.enabled(if: SharedAssets.folder != nil, "no shared assets"))
  func transformerAgrees() throws {
    let trace = try Trace.read("minilm")
    let graph = try ONNXReader.read(path: try asset(trace.model)).graph
    let tokens = try NPZFile.read(path: try asset("text/stsb_en_test_tokens48.npz"))
    var inputs: [String: Tensor] = [:]
    for info in graph.runtimeInputs {
      let name = info.name.contains("mask") ? "mask_a" : "ids_a"
      let whole = try #require(tokens[name])
      let first = Array(whole.array(of: Int64.self).prefix(whole.shape[1]))
      let values = info.name.contains("type") ? first.map { _ in 0 } : first
      inputs[info.name] = Tensor([1, whole.shape[1]], values)
    }
    try compare(trace, graph, inputs: inputs)
  }

  private func asset(_ path: String) throws -> String {
    try #require(SharedAssets.path(path), "the asset \(path) exists")
  }

  private static func firstImage(_ images: Tensor, mean: [Float], deviation: [Float]) -> Tensor {
    let shape = [1] + images.shape.dropFirst()
    let plane = shape[2] * shape[3]
    let pixels = images.withElements(of: UInt8.self) { Array($0.prefix(shape[1] * plane)) }
    let values = pixels.enumerated().map { index, pixel in
      (Float(pixel) / 255 - mean[index / plane]) / deviation[index / plane]
    }
    return Tensor(shape, values)
  }

  private func compare(_ trace: Trace, _ graph: NetworkGraph, inputs: [String: Tensor]) throws {
    let values = try ReferenceExecutor(graph: graph).runKeepingAll(inputs: inputs)
    let facts = try ShapeInference.infer(graph: graph, inputShapes: inputs.mapValues(\.shape))
    var compared = 0
    for entry in trace.trace {
      guard let value = values[entry.output] else {
        Issue.record("\(entry.output) has no value")
        continue
      }
      compared += 1
      #expect(value.shape == entry.shape, "\(entry.output)")
      #expect(facts[entry.output]?.shape == entry.shape, "inferred shape of \(entry.output)")
      let doubles = value.doubles
      let scale = max(entry.absmax ?? 1, 1e-3)
      for (actual, expected) in zip(doubles, entry.first8 ?? [])
      where abs(actual - expected) > 2e-4 * scale {
        Issue.record("\(entry.output) (\(entry.op)): \(actual) instead of \(expected)")
        return
      }
      if let mean = entry.mean {
        let own = doubles.reduce(0, +) / Double(max(doubles.count, 1))
        #expect(abs(own - mean) <= 2e-4 * scale, "mean of \(entry.output)")
      }
    }
    #expect(compared > 0)
  }

  private struct Trace: Decodable {
    struct Entry: Decodable {
      let output: String
      let op: String
      let shape: [Int]
      let mean: Double?
      let absmax: Double?
      let first8: [Double]?
    }
    let model: String
    let trace: [Entry]

    static func read(_ name: String) throws -> Trace {
      let path = try #require(SharedAssets.path("reference/trace/\(name).json"))
      return try JSONDecoder().decode(Trace.self, from: Data(contentsOf: URL(filePath: path)))
    }
  }
}

/// Symbolic shapes and costs of whole models.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets"))
struct ModelShapeTests {
  private func graph(_ path: String) throws -> NetworkGraph {
    try ONNXReader.read(path: try #require(SharedAssets.path(path))).graph
  }

  @Test(arguments: [
    ("cifar10/resnet20.onnx", "N,10", 40_551_040),
    ("tiny/fashion_resnet8.onnx", "N,10", 3_535_552),
    ("other/ch_ppocr_mobile_v2.0_cls_infer.onnx", "N,2", 16_315_376),
  ])
  func batchIsFollowedThroughTheNetwork(_ path: String, _ expected: String, _ cost: Int) throws {
    let graph = try graph(path)
    let shapes = SymbolicShapes.describe(graph: graph)
    let output = try #require(graph.outputs.first)
    #expect(shapes[output.name]?.map(\.description).joined(separator: ",") == expected)
    #expect(graph.nodes.allSatisfy { shapes[$0.outputs[0]] != nil })
    let open = [1, 3, 48, 192]
    var inputs: [String: [Int]] = [:]
    for info in graph.runtimeInputs {
      inputs[info.name] = info.shape?.enumerated().map { axis, dimension in
        if case .fixed(let length) = dimension { length } else { open[axis] }
      }
    }
    let costs = try LayerCosts.multiplyAdds(graph: graph, inputShapes: inputs)
    #expect(costs.reduce(0) { $0 + ($1 ?? 0) } == cost)
  }
}
