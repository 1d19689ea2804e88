/// When a cell of an ordered scan has been measured enough.
///
/// The batches are ordered by the margin of their images in the original network: the best class
/// score minus the second. An image changes its class only when the scores move by more than its
/// margin, so changes thin out along the order.
///
/// - ``settled``: a cell ends at the first batch whose smallest margin is more than twice the largest
///   shift seen in the cell (how much any class gained on the original's first class, over all images
///   run). The images after it are taken to keep their class. On ResNet-20 with 1,000 images a factor
///   of 1.5 suffices to give the counts of a full scan in 180 of 180 cells; on all cells the factor 2
///   runs 46 % of the images.
/// - ``early``: a cell ends when batches in a row, 3 % of all and two at least, hold no image whose
///   class changed. Once more than 1, 4 or 15 % of the images are lost or gained, only every second,
///   fourth or sixth of 40 batches is run, and those between are interpolated: where the drop is 20
///   points, a tenth of a point does not matter. On ResNet-20 with 1,000 images this runs 16 % of the
///   images, and the Spearman rank correlation of the drops with those of the full scan is 0.998. (The
///   first 400 images in any other order give 0.85.) On four smaller networks it is 0.996 and more.
enum StoppingRule: Sendable {
  case settled
  case early

  /// What comes after a batch.
  enum Step {
    case stop
    case batch(Int)
    case end
  }

  /// How far above the largest shift a margin has to be, for the image to be taken as unchanged.
  static let safety: Float = 2
  /// - Parameters:
  ///   - points: The batches run, in order.
  ///   - margins: The smallest margin of each batch.
  ///   - images: Images of all batches.
  func step(after points: [CellRecord.Point], margins: [Float], images: Int) -> Step {
    guard let last = points.last else { return .batch(0) }
    guard last.batch + 1 < margins.count else { return .end }
    switch self {
    case .settled:
      let shift = points.reduce(0) { max($0, $1.tally.shift) }
      return margins[last.batch + 1] > Self.safety * shift ? .stop : .batch(last.batch + 1)
    case .early:
      let pace = Pace(batches: margins.count)
      let quiet = points.suffix(pace.quietBatches)
      if quiet.count == pace.quietBatches, quiet.allSatisfy({ $0.tally.changes == 0 }) {
        return .stop
      }
      let share = abs(ScanEstimate.netChange(points)) / Double(max(images, 1))
      return .batch(min(last.batch + pace.stride(share: share), margins.count - 1))
    }
  }

  /// How fast an early stop goes through a number of batches.
  private struct Pace {
    let batches: Int

    /// Batches run in a row without a change after which a cell ends.
    var quietBatches: Int { max((batches * 3 + 99) / 100, 2) }

    /// How many batches to go on by, from the share of the images gained or lost so far.
    func stride(share: Double) -> Int {
      switch share {
      case ..<0.01: 1
      case ..<0.04: max(2 * batches / 40, 1)
      case ..<0.15: max(4 * batches / 40, 1)
      default: max(6 * batches / 40, 1)
      }
    }
  }
}
