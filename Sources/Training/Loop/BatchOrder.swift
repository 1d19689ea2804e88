/// Which samples make up each step of an epoch, and how a step is split over threads: a matter of seed
/// and epoch only, whatever the number of workers.
struct BatchOrder: Sendable {
  /// The samples that are trained on.
  let samples: [Int]
  /// Most samples of a step.
  let batch: Int
  /// Decides the order.
  let seed: Int

  /// Steps of an epoch.
  var stepsPerEpoch: Int { max((samples.count + batch - 1) / batch, 1) }

  /// The samples of a step, counted from 0 over all epochs: the epoch's order, cut into pieces as equal
  /// as can be.
  func samples(of step: Int) -> [Int] {
    let (epoch, place) = step.quotientAndRemainder(dividingBy: stepsPerEpoch)
    var order = samples
    var random = SeededNumbers(seed: SeededNumbers.seed(seed, epoch, 1))
    random.shuffle(&order)
    return Array(order[Self.piece(place, of: stepsPerEpoch, count: order.count)])
  }

  /// Pieces of at most `size` samples, as equal as can be.
  static func pieces(_ count: Int, size: Int) -> [Range<Int>] {
    let pieces = (count + size - 1) / size
    return (0..<pieces).map { piece($0, of: pieces, count: count) }
  }

  private static func piece(_ index: Int, of pieces: Int, count: Int) -> Range<Int> {
    (count * index / pieces)..<(count * (index + 1) / pieces)
  }
}
