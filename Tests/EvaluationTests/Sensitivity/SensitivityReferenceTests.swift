import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Counts of single compressed layers against the reference files that NumPy and ONNX Runtime made.
@Suite(
  .enabled(if: SharedAssets.folder != nil, "no shared assets: sensitivities not compared"))
struct SensitivityReferenceTests {
  /// A reference file, its data here, and the layers that are compared; nil for all.
  struct Case: Sendable, CustomTestStringConvertible {
    let model: String
    let set: String
    let data: String
    var rows: [Int]?
    var testDescription: String { model }
  }

  static let cases = [
    Case(model: "digits_cnn", set: "digits8x8_test500", data: "tiny/digits8x8_test500.yaml"),
    Case(
      model: "digits_cnn_bnfolded", set: "digits8x8_test500", data: "tiny/digits8x8_test500.yaml"),
    Case(model: "mnist_lenet5", set: "mnist5k_test1000", data: "tiny/mnist5k_test1000.yaml"),
    Case(
      model: "resnet20", set: "cifar10_test_first1000_lossless",
      data: "cifar10/cifar10_test1000.yaml", rows: [0, 9, 14, 19]),
    Case(
      model: "resnet20_bnfolded", set: "cifar10_test_first1000_lossless",
      data: "cifar10/cifar10_test1000.yaml", rows: [7, 13, 16, 18]),
  ]

  /// The part of a reference file that is compared.
  struct Reference: Decodable {
    struct Count: Decodable { var correct: Int }
    struct Layer: Decodable {
      var weight: String
      var quant4: Count
      var quant2: Count
      var prune: Count
      enum CodingKeys: String, CodingKey {
        case weight
        case quant4 = "quant_4bit"
        case quant2 = "quant_2bit"
        case prune = "prune_L1_0.7"
      }
    }
    struct Results: Decodable {
      var baseline: Count
      var layers: [Layer]?
      enum CodingKeys: String, CodingKey {
        case baseline
        case layers = "single_layer_sensitivity"
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
    let reference = try JSONDecoder().decode(
      Reference.self, from: Data(contentsOf: URL(filePath: file)))
    let expected = try #require(reference.sets[test.set])
    let layers = try #require(expected.layers)
    let engine = try ScanFixture.engine(asset: reference.path, data: test.data)
    let settings = SensitivityScan.settings(amounts: [0.7], bits: [4, 2])
    let table = try await ScanFixture.scan(
      SensitivityScan(
        settings: settings, layers: test.rows.map { $0.map { engine.model.layers[$0].name } }),
      engine)
    #expect(table.baseline?.correct == expected.baseline.correct)
    // Two images in a thousand: sums in another order flip borderline images.
    let tolerance = max(2, table.images / 500)
    for (row, layer) in table.layers.enumerated() {
      let counts = try #require(layers.first { $0.weight == layer.weight })
      for (column, count) in [counts.prune, counts.quant4, counts.quant2].enumerated() {
        let cell = table[row, column]
        #expect(
          abs((cell.correct ?? -1) - count.correct) <= tolerance,
          "\(layer.name) \(cell.settingName): \(cell.correct ?? -1), reference \(count.correct)")
      }
    }
  }
}
