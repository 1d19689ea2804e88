import Foundation
import ModelCompression
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Codes and values of every scheme against torch and NumPy.
@Suite(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct SchemeJudgeTests {
  struct Case: Encodable {
    var id: String
    var amount: Double
    var bits: Int
    var scheme: String
    var range: String
  }

  static let settings: [WeightQuantization] = {
    var all: [WeightQuantization] = []
    let granularities: [WeightQuantization.Granularity] = [.tensor, .channel, .group(16)]
    for granularity in granularities {
      for scheme in [WeightQuantization.Scheme.symmetric, .asymmetric] {
        for bits in WeightQuantization.allowedBits {
          all.append(WeightQuantization(bits: bits, scheme: scheme, granularity: granularity))
        }
        for bits in [2, 3, 4, 8] {
          all.append(
            WeightQuantization(
              bits: bits, scheme: scheme, granularity: granularity, range: "mse"))
        }
      }
      for name in ["fp8-e4m3", "fp8-e5m2"] {
        all += [WeightQuantization.Scheme(rawValue: name)].compactMap { $0 }.map {
          WeightQuantization(bits: 8, scheme: $0, granularity: granularity)
        }
      }
    }
    for name in ["palette", "palette-linear"] {
      for granularity in [.tensor, .channel, .group(3)] as [WeightQuantization.Granularity] {
        for bits in [1, 2, 4, 6] {
          all += [WeightQuantization.Scheme(rawValue: name)].compactMap { $0 }.map {
            WeightQuantization(bits: bits, scheme: $0, granularity: granularity)
          }
        }
      }
    }
    for name in ["float16", "bfloat16"] {
      all += [WeightQuantization.Scheme(rawValue: name)].compactMap { $0 }.map {
        WeightQuantization(bits: 16, scheme: $0)
      }
    }
    return all
  }()

  @Test func everySchemeAgrees() throws {
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    var cases: [Case] = []
    for amount in [0, 0.4] {
      for sample in SampleLayers.all(seed: amount == 0 ? 1 : 2) {
        for quantization in Self.settings {
          let made = try sample.made(
            LayerSetting(
              prune: amount > 0 ? PruneSetting(amount: amount) : nil, weights: quantization))
          let quantized = try #require(made.quantized)
          let id = "\(cases.count)"
          arrays[id + ".w"] = sample.weights
          arrays[id + ".v"] = made.dequantized
          arrays[id + ".p"] = Tensor([sample.layer.parameters], sample.places(quantization))
          arrays[id + ".q"] = quantized.codes.reinterpreted(as: Self.plain(quantized.codes.type))
          if quantized.form.hasScales { arrays[id + ".s"] = quantized.scales }
          arrays[id + ".z"] = quantized.zeroPoints
          arrays[id + ".l"] = quantized.palettes
          cases.append(
            Case(
              id: id, amount: amount, bits: quantization.bits,
              scheme: quantization.scheme.rawValue, range: quantization.range.name))
          #expect(
            made.zeroCount == made.dequantized.floats.filter { $0 == 0 }.count, "\(quantization)")
        }
      }
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
    let output = try JudgePython.run(
      file: "quantizers.py", arguments: [folder.path("made.npz"), folder.path("cases.json")])
    #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == cases.count)
  }

  /// The type that NumPy reads codes as.
  private static func plain(_ type: ElementType) -> ElementType {
    switch type {
    case .float16, .bfloat16: .uint16
    case .float8e4m3fn, .float8e5m2: .uint8
    default: type
    }
  }
}
