/// Decides which samples of a draft must be measured again in 32-bit floats for its counts to be those
/// of 32-bit floats.
///
/// Let e be the largest difference between a logit of the draft and the same logit in 32-bit floats. A
/// verdict whose margin is above 2e can't flip. The e of all samples is not known; the largest one
/// *seen*, on the samples measured in both, is. So a sample is left to the draft only if its margin is
/// above ``safetyFactor`` times that, twice what would do if the largest had been seen. Whatever is
/// measured again feeds e, until no sample below the threshold is left. The first samples of the
/// set and those with the smallest margins are always measured in both.
///
/// A value: the same draft gives the same samples in the same order on any machine that computes the
/// same numbers.
struct Settling: Sendable {
  /// Margins up to this many times the largest difference seen are measured again.
  static let safetyFactor: Float = 4
  /// Samples that are always measured in both, from the start of the set.
  static let firstSamples = 24
  /// Samples that are always measured in both, from the smallest margin on.
  static let nearestSamples = 16

  /// The largest difference seen between a logit of the draft and of 32-bit floats.
  private(set) var largestDifference: Float = 0
  private let margins: [Float]
  /// Samples by margin, smallest first; those without one before all.
  private let order: [Int]
  private var isMeasured: [Bool]
  private var next = 0
  private var hasBegun = false

  /// - Parameter margins: How far each sample's verdict is from being another.
  init(margins: [Float]) {
    self.margins = margins
    func rank(_ margin: Float) -> Float { margin.isNaN ? -.infinity : margin }
    order = margins.indices.sorted {
      (rank(margins[$0]), $0) < (rank(margins[$1]), $1)
    }
    isMeasured = Array(repeating: false, count: margins.count)
  }

  /// Margins up to this are not trusted.
  var threshold: Float { Self.safetyFactor * largestDifference }

  /// Notes how far the draft was off on a sample measured again.
  mutating func note(difference: Float) { largestDifference = max(largestDifference, difference) }

  /// The samples to measure again next, in groups of `size`; empty when the counts are settled.
  mutating func nextGroups(of size: Int) -> [[Int]] {
    var due: [Int] = []
    if !hasBegun {
      hasBegun = true
      due = margins.indices.prefix(Self.firstSamples).filter { take($0) }
      advance(into: &due) { count, _ in count < Self.firstSamples + Self.nearestSamples }
    } else {
      let threshold = threshold
      advance(into: &due) { _, margin in !(margin > threshold) }
    }
    // A group that is begun costs as much as a full one.
    let wanted = (due.count + size - 1) / size * size
    advance(into: &due) { count, _ in count < wanted }
    return stride(from: 0, to: due.count, by: size).map {
      Array(due[$0..<min($0 + size, due.count)])
    }
  }

  /// Takes a sample unless it has been measured again before.
  mutating func take(_ sample: Int) -> Bool {
    defer { isMeasured[sample] = true }
    return !isMeasured[sample]
  }

  /// Takes samples by margin for as long as `isWanted` says so of the count so far and the margin.
  private mutating func advance(
    into due: inout [Int], while isWanted: (_ count: Int, _ margin: Float) -> Bool
  ) {
    while next < order.count {
      let sample = order[next]
      if isMeasured[sample] {
        next += 1
        continue
      }
      guard isWanted(due.count, margins[sample]) else { return }
      next += 1
      isMeasured[sample] = true
      due.append(sample)
    }
  }
}
