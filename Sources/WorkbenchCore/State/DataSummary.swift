/// What the screen says of the evaluation data.
public struct DataSummary: Sendable, Hashable {
  /// The file's name.
  public var name: String
  /// Number of samples used.
  public var count: Int
  /// Whether there are labels to measure accuracy with.
  public var hasLabels: Bool
  /// What lies beside the data and looks like the training data that belong to them; nil when nothing
  /// does.
  public var trainingPath: String?
  /// Whether a task of its own judges plans by other ground truth, such as scored pairs.
  public var hasTask: Bool
  /// What the user should know, such as assumed preprocessing.
  public var notes: [String]

  /// What the user should know of the samples that methods are calibrated on; nil for nothing.
  public var calibrationNotice: String?

  /// Makes a summary.
  public init(
    name: String, count: Int, hasLabels: Bool, hasTask: Bool = false,
    trainingPath: String? = nil, notes: [String] = [], calibrationNotice: String? = nil
  ) {
    self.name = name
    self.count = count
    self.hasLabels = hasLabels
    self.trainingPath = trainingPath
    self.hasTask = hasTask
    self.notes = notes
    self.calibrationNotice = calibrationNotice
  }
}
