import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Correct counts of whole models under uniform plans, against the reference files that NumPy and
/// ONNX Runtime made.
@Suite(.enabled(if: SharedAssets.folder != nil, "no shared assets: reference counts not compared"))
struct ReferenceCountsTests {
  /// One evaluation set of a reference file, and the data description here that it stands for.
  struct Case: Sendable, CustomTestStringConvertible {
    let model: String
    let set: String
    let data: String
    var testDescription: String { model }
  }

  static let cases = [
    Case(
      model: "resnet20", set: "cifar10_test_first1000_lossless",
      data: "cifar10/cifar10_test1000.yaml"),
    Case(
      model: "resnet20_bnfolded", set: "cifar10_test_first1000_lossless",
      data: "cifar10/cifar10_test1000.yaml"),
    Case(
      model: "resnet32", set: "cifar10_test_first1000_lossless",
      data: "cifar10/cifar10_test1000.yaml"),
    Case(model: "digits_cnn", set: "digits8x8_test500", data: "tiny/digits8x8_test500.yaml"),
    Case(
      model: "digits_cnn_bnfolded", set: "digits8x8_test500", data: "tiny/digits8x8_test500.yaml"),
    Case(model: "mnist_lenet5", set: "mnist5k_test1000", data: "tiny/mnist5k_test1000.yaml"),
    Case(
      model: "fashion_resnet8", set: "fashion_mnist_test10000",
      data: "tiny/fashion_mnist_test10000.yaml"),
    Case(
      model: "fashion_resnet8_bnfolded", set: "fashion_mnist_test10000",
      data: "tiny/fashion_mnist_test10000.yaml"),
  ]

  /// The part of a reference file that is compared.
  struct Reference: Decodable {
    struct Count: Decodable { var correct: Int }
    struct Results: Decodable {
      var images: Int
      var baseline: Count
      var prune: [String: Count]
      var quant: [String: Count]
      enum CodingKeys: String, CodingKey {
        case images, baseline
        case prune = "prune_L1_per_layer"
        case quant = "quant_per_channel_symmetric"
      }
    }
    var path: String
    var sets: [String: Results]
    enum CodingKeys: String, CodingKey {
      case path = "model_path"
      case sets
    }
  }

  @Test(arguments: cases)
  func countsMatch(_ test: Case) async throws {
    let file = try #require(SharedAssets.path("reference/\(test.model).json"))
    let decoder = JSONDecoder()
    let reference = try decoder.decode(
      Reference.self, from: Data(contentsOf: URL(filePath: file)))
    let expected = try #require(reference.sets[test.set])
    let model = try OpenedModel(
      path: try #require(SharedAssets.path(reference.path)), keepBatchNorm: true)
    let data = try EvaluationData.open(
      path: try #require(SharedAssets.path(test.data)), limit: expected.images)
    let engine = try PreviewEngine(
      model: model, data: data, threads: ProcessInfo.processInfo.activeProcessorCount)
    let baseline = try await engine.evaluate(nil)
    #expect(baseline.baseline?.correct == expected.baseline.correct)
    // Two images in a thousand: sums in another order flip borderline images.
    let tolerance = max(2, expected.images / 500)
    func check(_ rule: PlanRule, _ count: Reference.Count, _ label: String) async throws {
      let plan = try await engine.compress(CompressionPlan(defaults: rule))
      let correct = try #require(try await engine.evaluate(plan).plan?.correct)
      #expect(
        abs(correct - count.correct) <= tolerance,
        "\(test.model) \(label): \(correct), reference \(count.correct)")
    }
    for (amount, count) in expected.prune {
      let setting = PruneSetting(amount: try #require(Double(amount)))
      try await check(PlanRule(prune: .set(setting)), count, "pruned \(amount)")
    }
    for (bits, count) in expected.quant {
      let setting = WeightQuantization(bits: try #require(Int(bits)))
      try await check(PlanRule(weights: .set(setting)), count, "\(bits) bits")
    }
  }
}
