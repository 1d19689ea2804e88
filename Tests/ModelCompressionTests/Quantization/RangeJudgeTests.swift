import Foundation
import ModelCompression
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// Histograms, percentiles and entropy ranges against ONNX Runtime's calibrators.
@Suite(.enabled(if: JudgePython.isAvailable, "the judges are not installed"))
struct RangeJudgeTests {
  /// Batches of numbers as weights or activations have them; later ones may reach further.
  static func batches(_ index: Int) -> [[Float]] {
    var generator = SeededGenerator(seed: UInt64(index) + 50)
    return (0...(index % 4)).map { batch in
      let count = [40, 500, 4000, 20_000][index / 4 % 4]
      let size = Float(1 + batch) * (index % 3 == 0 ? 0.01 : 2.7)
      return (0..<count).map { _ in
        let sum = (0..<4).reduce(Float(0)) { sum, _ in
          sum + Float.random(in: -1...1, using: &generator)
        }
        // As they are, or after a ReLU, or with long tails.
        return switch index % 5 {
        case 0, 1: sum * size
        case 2: max(sum, 0) * size
        case 3: sum * sum * sum * size
        default: abs(sum) * size + 0.1
        }
      }
    }
  }

  @Test func calibratorsAgree() throws {
    let folder = try TemporaryFolder()
    var arrays: OrderedDictionary<String, Tensor> = [:]
    let count = 16
    for index in 0..<count {
      let batches = Self.batches(index)
      var histogram = ValueHistogram()
      for (key, batch) in zip("abcd", batches) {
        batch.withUnsafeBufferPointer { histogram.add($0) }
        arrays["\(index).\(key)"] = Tensor([batch.count], batch)
      }
      let percent = [99.999, 99.9, 99, 95][index % 4]
      let finder = PercentileRange(percent: percent)
      let grid = CodeGrid.integers(bits: 8, isSymmetric: false)
      let magnitudes = finder.range(
        of: batches[0], for: .integers(bits: 8, isSymmetric: true))
      for (name, range) in [
        ("percentile", finder.range(of: histogram, for: grid)),
        ("entropy", EntropyRange().range(of: histogram, for: grid)),
        ("magnitude", magnitudes),
      ] { arrays["\(index).\(name)"] = Tensor([2], [range.low, range.high]) }
      arrays["\(index).percent"] = Tensor([1], [percent])
      arrays["\(index).counts"] = Tensor(
        [histogram.counts.count], histogram.counts.map { Int64($0) })
      arrays["\(index).edges"] = Tensor([histogram.edges.count], histogram.edges)
    }
    try NPZFile.write(arrays, to: folder.path("made.npz"))
    let output = try JudgePython.run(
      file: "ranges.py", arguments: [folder.path("made.npz"), "\(count)"])
    #expect(Int(output.trimmingCharacters(in: .whitespacesAndNewlines)) == count)
  }

  @Test func extremesAreExact() {
    let values: [Float] = [-3, 0.5, 2]
    let grid = CodeGrid.integers(bits: 4, isSymmetric: false)
    #expect(MinMaxRange().range(of: values, for: grid) == ValueRange(low: -3, high: 2))
    let (scale, zero) = grid.parameters(for: ValueRange(low: 1, high: 4))
    #expect(scale == Float(4) / 15)
    #expect(zero == 0)
  }

  /// A single outlier is worth cutting off at few bits, and not at many.
  @Test func squareErrorsDecide() {
    let values = (0..<1000).map { Float($0 % 100) / 100 } + [4]
    let few = MSERange().range(of: values, for: .integers(bits: 3, isSymmetric: true))
    let many = MSERange().range(of: values, for: .integers(bits: 8, isSymmetric: true))
    #expect(few.high < 2)
    #expect(many.high > 3.5)
    var histogram = ValueHistogram()
    values.withUnsafeBufferPointer { histogram.add($0) }
    let counted = MSERange().range(of: histogram, for: .integers(bits: 3, isSymmetric: true))
    #expect(abs(counted.high - few.high) < 0.1)
  }
}
