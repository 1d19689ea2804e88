import Datasets
import NetworkGraph
import Tensors

/// What a task is told when it is asked whether, and how, it measures a model on data.
public struct MeasureContext: Sendable {
  /// An output of the network.
  public struct Output: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The type of its elements; nil when it is not known before the network has run.
    public let type: ElementType?
    /// The shape for one sample, without the batch axis; nil when it is not known before the network has
    /// run.
    public let shape: [Int]?

    /// Describes an output.
    public init(name: String, type: ElementType?, shape: [Int]?) {
      self.name = name
      self.type = type
      self.shape = shape
    }

    /// Name, type and shape for messages: `'logits' float32 (N, 10)`.
    public var text: String {
      let lengths = shape.map { (["N"] + $0.map(String.init)).joined(separator: ", ") } ?? "?"
      return "'\(name)' \(type?.rawValue ?? "?") (\(lengths))"
    }
  }

  /// The evaluation data, with the ground truth.
  public let data: EvaluationData
  /// The original network.
  public let graph: NetworkGraph
  /// Its outputs, in graph order.
  public let outputs: [Output]

  /// Describes a network and data.
  public init(data: EvaluationData, graph: NetworkGraph, outputs: [Output]) {
    self.data = data
    self.graph = graph
    self.outputs = outputs
  }

  /// An error that says what a task needs of the outputs, and what there is.
  public func misfit(_ wanted: String) -> EngineError {
    EngineError(
      .invalidData, path: data.path, subject: "task \(data.task.rawValue)",
      problem: "needs \(wanted); the model's outputs are "
        + outputs.map(\.text).joined(separator: ", "),
      remedy: "Give data of another task, or name the task in the data description")
  }
}
