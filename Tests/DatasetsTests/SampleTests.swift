import Datasets
import Foundation
import ModelFormats
import Tensors
import TestSupport
import Testing

/// The shipped models and data belong together.
@Suite struct SampleTests {
  static let folder = SharedAssets.root.appending(path: "sample-models").path
  static let data = folder + "/fashion-mnist/fashion-mnist-test2000.npz"

  @Test(arguments: [
    ("fashion-resnet/fashion-resnet.onnx", 10, 9), ("simple-cnn/simple-cnn.onnx", 3, 0),
  ])
  func modelsTakeTheData(name: String, layers: Int, normalizations: Int) throws {
    let model = try ONNXReader.read(path: Self.folder + "/" + name)
    let data = try EvaluationData.open(path: Self.data, limit: nil)
    try data.check(against: model.graph.runtimeInputs, classCount: 10)
    let batch = try data.inputs(for: [0, 1], graphInputs: model.graph.runtimeInputs)
    #expect(batch["input"]?.shape == [2, 1, 28, 28])
    let types = model.graph.nodes.map(\.op)
    #expect(types.filter { ["Conv", "Gemm"].contains($0) }.count == layers)
    #expect(types.filter { $0 == "BatchNormalization" }.count == normalizations)
    #expect(!types.contains("Identity"))
    #expect(model.graph.outputs.map(\.name) == ["logits"])
    #expect(model.fileBytes <= 1_000_000)
  }

  @Test func theDataAreDescribed() throws {
    let data = try EvaluationData.open(path: Self.data, limit: nil)
    #expect(data.count == 2_000)
    #expect(data.task == .classification)
    #expect(data.labels?.prefix(6) == [9, 2, 1, 1, 6, 1])
    #expect(data.classNames?.last == "ankle boot")
    #expect(data.notes.isEmpty)
    let last = try pixels(data, [1_999]).array(of: UInt8.self)
    #expect(last.reduce(0) { $0 + Int($1) } == 59_629)
    let values = try batch(data, [0]).array(of: Float.self)
    let scaled: Float = 98 / 255
    #expect(values[14 * 28 + 12] == (scaled - 0.286) / 0.353)
    let size = try #require(
      try FileManager.default.attributesOfItem(atPath: Self.data)[.size] as? Int)
    #expect(size <= 1_000_000)
  }

  @Test func realDataOpen() throws {
    guard let cifar = SharedAssets.path("cifar10/cifar10_test1000.npz"),
      let cells = SharedAssets.path("detection/bccd/bccd_test72_160x128.yaml"),
      let texts = SharedAssets.path("text/stsb_en_test_tokens48.npz")
    else { return }
    let images = try EvaluationData.open(path: cifar, limit: nil)
    #expect(images.labels?.prefix(4) == [3, 8, 8, 0])
    let picture = try pixels(images, [7]).array(of: UInt8.self)
    let color = (0..<3).map { (channel: Int) in picture[channel * 1_024 + 3 * 32 + 5] }
    #expect(color == [87, 93, 82])
    let detection = try EvaluationData.open(path: cells, limit: 10)
    #expect(detection.task == .detection)
    #expect(detection.boxes?.count == 187)
    #expect(detection.boxes?.first?.classIndex == 1)
    #expect(detection.boxes?.first?.corners == [0.3015625, 0.19166666, 0.6046875, 0.59375])
    let pairs = try EvaluationData.open(path: texts, limit: nil)
    let inputs = ["input_ids", "attention_mask"].map {
      input([nil, 48], type: .int64, name: $0)
    }
    try pairs.check(against: inputs)
    let found = try pairs.inputs(for: [3], graphInputs: inputs, part: 1)
    #expect(found["input_ids"]?.integers.prefix(5) == [2, 36, 223, 69, 4_800])
    #expect(pairs.scores?[3] == 4.2)
  }
}
