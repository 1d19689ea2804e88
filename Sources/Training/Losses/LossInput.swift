import Tensors

/// What a loss is worked out from: one shard of a batch.
public struct LossInput: Sendable {
  /// The network's outputs by name, samples along their first axis.
  public let outputs: [String: Tensor]
  /// The outputs of the float network for the same inputs; empty where no loss needs them.
  public let teacher: [String: Tensor]
  /// The class of each sample of the shard; nil without labels.
  public let labels: [Int]?
  /// Samples in the whole batch: losses are means over them.
  public let batch: Int

  /// Makes an input.
  public init(
    outputs: [String: Tensor], teacher: [String: Tensor] = [:], labels: [Int]? = nil, batch: Int
  ) {
    self.outputs = outputs
    self.teacher = teacher
    self.labels = labels
    self.batch = batch
  }

  /// An output of the network.
  ///
  /// - Throws: ``EngineError`` when it is not there or no float32.
  func output(_ name: String) throws(EngineError) -> Tensor { try Self.find(name, in: outputs) }

  /// The float network's output of this name.
  ///
  /// - Throws: ``EngineError`` when it is not there or no float32.
  func teacher(_ name: String) throws(EngineError) -> Tensor { try Self.find(name, in: teacher) }

  private static func find(
    _ name: String, in outputs: [String: Tensor]
  ) throws(EngineError) -> Tensor {
    guard let output = outputs[name], output.type == .float32 else {
      throw EngineError(
        .unsupported, subject: "output '\(name)'", problem: "is no float32 tensor",
        remedy: "Train a model with float outputs")
    }
    return output
  }
}
