import ModelCompression

/// The plan with its past and future: undo is a list of plans.
///
/// Repeats of one nudge on one layer within a second count as one step.
public struct PlanHistory: Sendable {
  /// A plan that was left, and the change that left it.
  struct Step: Sendable {
    var plan: CompressionPlan
    var label: String
    var mergeKey: String?
    var time: Double
  }

  /// How long repeats of a nudge are merged, in seconds.
  public static let mergeSeconds = 1.0
  /// How many steps are kept.
  public static let limit = 500

  /// The plan as it stands.
  public private(set) var current: CompressionPlan
  private var undoSteps: [Step] = []
  private var redoSteps: [Step] = []

  /// A history that starts at `plan`.
  public init(_ plan: CompressionPlan) { current = plan }

  /// Number of steps that can be undone.
  public var undoDepth: Int { undoSteps.count }
  /// Number of steps that can be redone.
  public var redoDepth: Int { redoSteps.count }
  /// What undo would take back.
  public var undoLabel: String? { undoSteps.last?.label }
  /// What redo would bring back.
  public var redoLabel: String? { redoSteps.last?.label }

  /// Makes `plan` the current one.
  ///
  /// - Parameters:
  ///   - label: What changed, in words, shown when it is undone.
  ///   - mergeKey: Equal keys within ``mergeSeconds`` become one step; nil never merges.
  ///   - time: Seconds since the start.
  public mutating func record(
    _ plan: CompressionPlan, label: String, mergeKey: String? = nil, time: Double
  ) {
    guard plan != current else { return }
    if let last = undoSteps.last, let mergeKey, last.mergeKey == mergeKey, redoSteps.isEmpty,
      time - last.time <= Self.mergeSeconds
    {
      undoSteps[undoSteps.count - 1].label = label
      undoSteps[undoSteps.count - 1].time = time
      // A nudge there and back again is no change at all.
      if last.plan == plan { undoSteps.removeLast() }
    } else {
      undoSteps.append(Step(plan: current, label: label, mergeKey: mergeKey, time: time))
      if undoSteps.count > Self.limit { undoSteps.removeFirst() }
    }
    redoSteps = []
    current = plan
  }

  /// Goes one step back; returns what was undone, or nil at the start.
  public mutating func undo() -> String? {
    guard var step = undoSteps.popLast() else { return nil }
    swap(&step.plan, &current)
    step.mergeKey = nil
    redoSteps.append(step)
    return step.label
  }

  /// Goes one step forward again; returns what was redone, or nil at the end.
  public mutating func redo() -> String? {
    guard var step = redoSteps.popLast() else { return nil }
    swap(&step.plan, &current)
    undoSteps.append(step)
    return step.label
  }
}
