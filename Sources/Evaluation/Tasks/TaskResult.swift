import Datasets

/// What a task says of a plan, beside the original network on the same samples: everything that screens
/// and reports need to show it without knowing the task.
public struct TaskResult: Sendable, Hashable, Codable {
  /// The difference of the headline, plan minus original.
  public struct Difference: Sendable, Hashable, Codable {
    /// Plan minus original.
    public var value: Double
    /// The 95 % interval of the paired difference; nil while samples are still to come, where it is dear.
    public var interval95: ClosedRange<Double>?
    /// How the interval was found: `bootstrap over pairs`.
    public var method: String

    /// Makes a difference.
    public init(_ value: Double, interval95: ClosedRange<Double>?, method: String) {
      self.value = value
      self.interval95 = interval95
      self.method = method
    }
  }

  /// The task.
  public var task: EvaluationTask
  /// Samples that the figures speak of.
  public var samples: Int
  /// What samples are, in the plural: `pairs`, `images`.
  public var unit: String
  /// The figure that the task is judged by.
  public var headline: TaskFigure
  /// Its difference; nil where the original has no value of its own, or a value is not defined.
  public var difference: Difference?
  /// Further figures, the most telling first.
  public var figures: [TaskFigure]
  /// What the user should know.
  public var notes: [String]

  /// Makes a result.
  public init(
    task: EvaluationTask, samples: Int, unit: String, headline: TaskFigure,
    difference: Difference?, figures: [TaskFigure] = [], notes: [String] = []
  ) {
    self.task = task
    self.samples = samples
    self.unit = unit
    self.headline = headline
    self.difference = difference
    self.figures = figures
    self.notes = notes
  }
}
