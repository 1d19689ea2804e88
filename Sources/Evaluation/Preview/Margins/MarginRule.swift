/// Which batches in the order of margins are run, and when that is enough.
///
/// - ``Kind/settled``: ends where the smallest margin of the next batch is more than ``safety`` times
///   the largest shift seen (how much any class gained on the first one, or across the edge of the
///   first five on the label, over all samples run). If no logit is off by more than e, no shift is
///   above 2e, and a verdict with a margin above the largest shift can't flip: the samples behind the
///   end keep the original's verdict. The largest shift of all samples is not known, only the largest
///   one seen; so twice that is asked for, up to 4e.
/// - ``Kind/early``: ends where that holds, or where batches in a row, 3 % of all and two at least,
///   hold no sample whose class changed, and no probe of a larger margin changed. Once more than 4 or
///   15 % of the samples are lost or gained, only every second or third of 40 batches is run, and
///   those between are interpolated.
/// - ``Kind/everything``: every batch.
///
/// A value that takes batches one after the other: which are run depends on what those before said,
/// never on the number of threads.
struct MarginRule: Sendable {
  enum Kind: Sendable {
    case everything
    case settled
    case early
  }

  /// How far above the largest shift a margin has to be, for the sample to be taken as unchanged.
  static let safety: Float = 2
  /// Batches by margin that are always run.
  private static let leastBatches = 2

  let kind: Kind
  /// What may be missing of a shift because it was measured in a draft, logits.
  let slack: Float
  private let margins: [Float]
  private let probes: Int
  private let samples: Int
  /// The batches taken, in order.
  private(set) var taken: [MarginBatch] = []
  /// The batch that is wanted next; nil when that is enough.
  private(set) var next: Int?
  /// The largest shift seen.
  private(set) var shift: Float = 0
  /// Batches in a row without a change, at the end.
  private(set) var quiet = 0
  private var net = 0.0
  private var probed = (samples: 0, changes: 0, net: 0, margin: -Float.infinity)

  init(_ kind: Kind, order: MarginOrder, slack: Float = 0) {
    self.kind = kind
    self.slack = slack
    margins = order.margins
    probes = order.probes
    samples = order.samples.count
    next = margins.isEmpty ? nil : 0
  }

  /// Margins above this are trusted.
  var threshold: Float { Self.safety * shift + slack }

  /// Takes the batch that was wanted.
  mutating func take(_ batch: MarginBatch) {
    let last = taken.last
    taken.append(batch)
    shift = max(shift, batch.shift)
    let following = batch.index + 1
    guard following < margins.count else {
      next = nil
      return
    }
    if batch.index < probes {
      probed.samples += batch.outcomes.count
      probed.changes += batch.changes
      probed.net += batch.net
      probed.margin = max(probed.margin, batch.changedMargin)
      next = following
      return
    }
    quiet = batch.changes == 0 ? quiet + 1 : 0
    net += Double(batch.net)
    if let last, last.index >= probes {
      net += Double(batch.index - last.index - 1) * Double(batch.net + last.net) / 2
    }
    let isEnough = following >= probes + Self.leastBatches && margins[following] > threshold
    switch kind {
    case .everything: next = following
    case .settled: next = isEnough ? nil : following
    case .early:
      let isQuiet = quiet >= quietBatches && margins[following] > probed.margin
      next = isEnough || isQuiet ? nil : min(batch.index + stride, margins.count - 1)
    }
  }

  /// Batches in a row without a change after which an early stop ends.
  private var quietBatches: Int { max((margins.count * 3 + 99) / 100, 2) }

  /// How many batches an early stop goes on by, from the share of the samples gained or lost.
  private var stride: Int {
    var share = abs(net) / Double(max(samples, 1))
    // A few changes among the probes are enough to know that there are many.
    if probed.changes >= 3 { share = max(share, abs(Double(probed.net)) / Double(probed.samples)) }
    return switch share {
    case ..<0.04: 1
    case ..<0.15: max(2 * margins.count / 40, 1)
    default: max(3 * margins.count / 40, 1)
    }
  }
}
