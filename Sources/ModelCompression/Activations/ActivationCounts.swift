import Tensors

/// The histogram of a value over calibration data, streamed in the memory of its bins: parts counted side
/// by side and merged in any order give the same.
///
/// Its bins are those of ONNX Runtime's `HistogramCollector.collect_value` given all data at once: equally
/// wide, from -t to t with the largest magnitude t. That is why it takes a second pass over the data,
/// when ``ActivationExtremes`` are known.
public struct ActivationCounts: Sendable {
  /// The numbers in each bin.
  public private(set) var counts: [Int]
  /// The edges of the bins, ascending.
  public let edges: [Float]
  /// The smallest and the largest number.
  public let extremes: ActivationExtremes

  /// Nothing counted yet.
  public init(_ extremes: ActivationExtremes, bins: Int = 2048) {
    self.extremes = extremes
    let reach = extremes.range.magnitude
    var empty = ValueHistogram(bins: bins)
    [-reach, reach].withUnsafeBufferPointer { empty.add($0) }
    edges = empty.edges
    counts = [Int](repeating: 0, count: edges.count - 1)
  }

  /// Counts the numbers of a float32 tensor, none beyond the extremes.
  ///
  /// - Complexity: O(numbers).
  public mutating func add(_ tensor: Tensor) {
    let last = counts.count - 1
    let first = edges[0]
    let factor = Float(counts.count) / (edges[last + 1] - first)
    edges.withUnsafeBufferPointer { edges in
      counts.withUnsafeMutableBufferPointer { counts in
        tensor.forEachBlock { elements, _ in
          for value in elements {
            // The guess may be a bin off at an edge: the edges decide.
            var bin = min(max(Int((value - first) * factor), 0), last)
            while bin > 0, value < edges[bin] { bin -= 1 }
            while bin < last, value >= edges[bin + 1] { bin += 1 }
            counts[bin] += 1
          }
        }
      }
    }
  }

  /// Joins what was counted elsewhere, into the same bins.
  public mutating func merge(_ other: ActivationCounts) {
    precondition(edges == other.edges, "histograms of other bins can't be merged")
    for bin in counts.indices { counts[bin] += other.counts[bin] }
  }

  /// What range finders take.
  public var histogram: ValueHistogram {
    ValueHistogram(
      counts: counts, edges: edges, minimum: extremes.range.low, maximum: extremes.range.high)
  }

  /// The range that a setting's finder chooses.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` for a finder that is not registered.
  public func range(for setting: ActivationQuantization) throws(EngineError) -> ValueRange {
    guard let finder = RangeRegistry.standard[setting.range] else {
      throw EngineError(
        .invalidPlan, problem: "range '\(setting.range.name)' is not supported by this version",
        remedy: "Supported: \(RangeRegistry.standard.names.joined(separator: ", "))")
    }
    return finder.range(of: histogram, for: setting.grid)
  }
}
