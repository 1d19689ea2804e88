/// One operation of a schedule; it reads values and fills slots.
protocol Step: Sendable {
  /// What the step reads.
  var sources: [Source] { get }
  /// The slots that it fills.
  var results: [Int] { get }
  /// What does the work: oneDNN's name of its implementation, or `reference`, `view`, `pad`.
  var implementation: String { get }
  /// Runs on the calling thread.
  func run(_ state: RunState) throws
}
