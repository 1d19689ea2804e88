/// Values in order, from which average ranks of any resample follow without sorting again.
struct RankedValues: Sendable {
  private let values: [Double]
  /// Indices by ascending value.
  private let order: [Int]

  /// Sorts values, which must be numbers.
  init(_ values: [Double]) {
    self.values = values
    order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  }

  /// The rank of each value where value i is there `draws[i]` times: from 1 on, ties share the mean of
  /// their places (SciPy's `rankdata`, method average).
  func ranks(draws: [Int]) -> [Double] {
    var ranks = [Double](repeating: 0, count: values.count)
    var before = 0
    var start = 0
    while start < order.count {
      var end = start
      var tied = 0
      while end < order.count, values[order[end]] == values[order[start]] {
        tied += draws[order[end]]
        end += 1
      }
      let rank = Double(before) + Double(tied + 1) / 2
      for place in start..<end { ranks[order[place]] = rank }
      before += tied
      start = end
    }
    return ranks
  }
}
