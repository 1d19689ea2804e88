import Foundation

/// Scales that spread magnitudes over the steps of a heatmap; zero stays zero.
enum HeatScale {
  /// Logarithms between the smallest and the largest value above zero.
  ///
  /// More than three decades below the largest count as the lowest step.
  static func logarithmic(_ values: [Double], largest: Double) -> [Double] {
    let floor = largest / 1000
    let smallest = max(floor, values.filter { $0 > 0 }.min() ?? largest)
    let span = log(largest / smallest)
    guard span > 0 else { return values.map { $0 > 0 ? 1 : 0 } }
    return values.map { value in
      // The lowest step is kept above zero, which has its own mark.
      value > 0 ? max(0.01, log(max(value, smallest) / smallest) / span) : 0
    }
  }

  /// The share of values above zero that are not larger; equal values share their rank.
  static func ranks(_ values: [Double]) -> [Double] {
    let sorted = values.filter { $0 > 0 }.sorted()
    guard !sorted.isEmpty else { return values.map { _ in 0 } }
    return values.map { value in
      guard value > 0 else { return 0 }
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle] <= value { low = middle + 1 } else { high = middle }
      }
      return Double(low) / Double(sorted.count)
    }
  }
}
