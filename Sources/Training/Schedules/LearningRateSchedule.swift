import Foundation

/// A learning rate that rises in a line and then falls along a cosine to 0 (1608.03983 without
/// restarts).
public struct LearningRateSchedule: Sendable, Hashable {
  /// The highest rate.
  public let peak: Double
  /// Steps in which it rises.
  public let warmUpSteps: Int
  /// All steps.
  public let steps: Int

  /// A schedule over `steps` steps, `warmUp` of them (a share, 0...1) rising.
  public init(peak: Double, warmUp: Double, steps: Int) {
    self.peak = peak
    self.steps = steps
    warmUpSteps = Int((Double(steps) * warmUp).rounded(.down))
  }

  /// The rate of a step, counted from 0: peak (t + 1) / w in the first w steps, then
  /// peak / 2 (1 + cos(pi (t - w) / (n - w))).
  public func rate(at step: Int) -> Double {
    if step < warmUpSteps { return peak * Double(step + 1) / Double(warmUpSteps) }
    let share = Double(step - warmUpSteps) / Double(max(steps - warmUpSteps, 1))
    return peak / 2 * (1 + cos(.pi * min(share, 1)))
  }
}
