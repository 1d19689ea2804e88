/// k-means of numbers: Lloyd's algorithm on sorted values, where a cluster is a run of them, so that a
/// round takes time for the clusters only.
///
/// The results are those of scikit-learn's
/// `KMeans(algorithm="lloyd", tol=0)` from the same start, empty clusters included: those move to the
/// values farthest from their centres.
public struct ScalarKMeans: Sendable {
  /// Where levels start.
  public enum Start: Sendable, Hashable {
    /// k-means++ (Arthur and Vassilvitskii 2007): each next one is a value drawn with a probability
    /// proportional to the squared distance to the nearest so far; the first is drawn evenly, or is 0.
    case spread
    /// Even steps from the smallest to the largest value.
    case linear
  }

  /// Rounds of Lloyd's algorithm at most, as in scikit-learn.
  static let rounds = 300

  /// Ascending.
  private let values: [Double]
  /// Sums of the values before each index.
  private let sums: [Double]
  private let holdsZero: Bool

  /// Prepares finite values; zeros beside them pin one level to 0 and are not among them.
  public init(values: [Float], holdsZero: Bool = false) {
    let sorted = values.sorted().map { Double($0) }
    var sums = [0.0]
    sums.reserveCapacity(sorted.count + 1)
    for value in sorted { sums.append(sums[sums.count - 1] + value) }
    self.values = sorted
    self.sums = sums
    self.holdsZero = holdsZero
  }

  /// `count` levels, ascending; when there are fewer distinct values the largest is repeated.
  public func levels(_ count: Int, start: Start, seed: UInt64) -> [Float] {
    var distinct: [Double] = holdsZero ? [0] : []
    for value in values where distinct.count <= count && value != distinct.last {
      distinct.append(value)
    }
    if Set(distinct).count <= count {
      let levels = Set(distinct).sorted().map { Float($0) }
      return levels + [Float](repeating: levels.last ?? 0, count: count - levels.count)
    }
    let centres = start == .linear ? linear(count) : spread(count, seed: seed)
    return lloyd(from: centres).map { Float($0) }
  }

  /// Even steps; the one nearest to 0 becomes 0 when zeros have to be kept.
  private func linear(_ count: Int) -> [Double] {
    guard let first = values.first, let last = values.last else { return [] }
    var centres = (0..<count).map {
      count == 1 ? (first + last) / 2 : first + (last - first) * Double($0) / Double(count - 1)
    }
    if holdsZero, let nearest = centres.indices.min(by: { abs(centres[$0]) < abs(centres[$1]) }) {
      centres[nearest] = 0
    }
    return centres.sorted()
  }

  private func spread(_ count: Int, seed: UInt64) -> [Double] {
    var generator = SplitMix64(seed: seed)
    var centres: [Double] = [
      holdsZero ? 0 : values[Int.random(in: 0..<values.count, using: &generator)]
    ]
    var distances = values.map { ($0 - centres[0]) * ($0 - centres[0]) }
    while centres.count < count {
      let total = distances.reduce(0, +)
      var left = Double.random(in: 0..<1, using: &generator) * total
      var chosen = distances.lastIndex { $0 > 0 } ?? 0
      for (index, distance) in distances.enumerated() where distance > 0 {
        left -= distance
        if left < 0 {
          chosen = index
          break
        }
      }
      let centre = values[chosen]
      centres.append(centre)
      for (index, value) in values.enumerated() {
        distances[index] = min(distances[index], (value - centre) * (value - centre))
      }
    }
    return centres.sorted()
  }

  /// The centres where Lloyd's algorithm ends, ascending; a centre of exactly 0 stays there when zeros
  /// have to be kept.
  ///
  /// - Parameter start: Ascending.
  public func lloyd(from start: [Double]) -> [Double] {
    var centres = start
    var bounds: [Int] = []
    for _ in 0..<Self.rounds {
      let next = self.bounds(of: centres)
      if next == bounds { break }
      bounds = next
      centres = relocated(means(of: bounds, centres), bounds, from: centres).sorted()
    }
    return centres
  }

  /// Cluster i holds the values from `bounds[i]` to before `bounds[i + 1]`.
  private func bounds(of centres: [Double]) -> [Int] {
    var bounds = [0]
    for index in 1..<max(centres.count, 1) {
      let middle = (centres[index - 1] + centres[index]) / 2
      // The first value above the middle; one in the middle belongs to the lower centre.
      var low = bounds[index - 1]
      var high = values.count
      while low < high {
        let at = (low + high) / 2
        if values[at] <= middle { low = at + 1 } else { high = at }
      }
      bounds.append(low)
    }
    return bounds + [values.count]
  }

  private func isPinned(_ centre: Double) -> Bool { holdsZero && centre == 0 }

  private func means(of bounds: [Int], _ centres: [Double]) -> [Double] {
    centres.indices.map { index in
      let (from, to) = (bounds[index], bounds[index + 1])
      guard !isPinned(centres[index]), to > from else { return centres[index] }
      return (sums[to] - sums[from]) / Double(to - from)
    }
  }

  /// Gives empty clusters the values farthest from their centres, and takes those from their clusters.
  private func relocated(
    _ means: [Double], _ bounds: [Int], from centres: [Double]
  ) -> [Double] {
    let empty = means.indices.filter { bounds[$0] == bounds[$0 + 1] && !isPinned(centres[$0]) }
    guard !empty.isEmpty else { return means }
    var owners = [Int](repeating: 0, count: values.count)
    for index in means.indices {
      for place in bounds[index]..<bounds[index + 1] { owners[place] = index }
    }
    let farthest = values.indices.sorted { a, b in
      let (x, y) = (abs(values[a] - centres[owners[a]]), abs(values[b] - centres[owners[b]]))
      return x != y ? x > y : a < b
    }
    var sum = means.indices.map { sums[bounds[$0 + 1]] - sums[bounds[$0]] }
    var size = means.indices.map { bounds[$0 + 1] - bounds[$0] }
    var result = means
    for (cluster, place) in zip(empty, farthest) {
      result[cluster] = values[place]
      let owner = owners[place]
      sum[owner] -= values[place]
      size[owner] -= 1
      if size[owner] > 0, !isPinned(centres[owner]) {
        result[owner] = sum[owner] / Double(size[owner])
      }
    }
    return result
  }
}
