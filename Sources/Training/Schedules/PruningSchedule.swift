import Foundation

/// An amount of pruning that rises fast at first and slowly in the end (Zhu and Gupta, 1710.01878,
/// equation 1, from 0): s(t) = s_f - s_f (1 - t / n)^3.
public struct PruningSchedule: Sendable, Hashable {
  /// The step from which on the amount is the plan's; 0 prunes at once.
  public let end: Int
  /// Steps between two changes of the amount.
  public let interval: Int

  /// A schedule over `share` (0...1) of `steps` steps, in at most `changes` changes.
  public init(share: Double, steps: Int, changes: Int = 50) {
    end = Int((Double(steps) * share).rounded(.down))
    interval = max(end / max(changes, 1), 1)
  }

  /// Whether the amount changes before this step, counted from 0.
  public func changes(at step: Int) -> Bool {
    end > 0 && step <= end && (step % interval == 0 || step == end)
  }

  /// The share of the final amount at a step, 0...1.
  public func share(at step: Int) -> Double {
    guard step < end else { return 1 }
    return 1 - pow(1 - Double(step) / Double(end), 3)
  }
}
