import Tensors

/// What a network is trained to make small.
///
/// A loss is a small value; one file per loss. It is worked out shard by shard: values and gradients of
/// the shards of a batch add up to those of the batch.
public protocol TrainingLoss: Sendable {
  /// Whether it looks at the outputs of the float network (``LossInput/teacher``).
  var needsTeacher: Bool { get }

  /// The loss of a shard and its gradients.
  ///
  /// - Throws: ``EngineError`` when the outputs are not of the kind that the loss is for.
  func evaluate(_ input: LossInput) throws(EngineError) -> LossValue
}
