import Operators
import Tensors

extension TrainingExecutor {
  /// Samples of a shard where memory does not ask for fewer.
  ///
  /// With batch statistics a shard has its own, so that this is part of what is computed and never
  /// depends on the number of workers.
  public static let standardShardSize = 64

  /// How many samples of a batch go together so that one shard keeps within its memory: the standard
  /// size, halved until they do; 1 where nothing fits.
  ///
  /// Counted from shapes, not measured: everything that the nodes make is kept for the way back, and
  /// gradients and copies between layouts take about as much again.
  ///
  /// - Parameters:
  ///   - batch: Samples of a batch.
  ///   - sample: Inputs of one sample.
  ///   - byteLimit: Memory for one shard.
  public func shardSize(batch: Int, sample: [String: Tensor], byteLimit: Int) -> Int {
    let facts = try? ShapeInference.infer(graph: graph, inputShapes: sample.mapValues(\.shape))
    let bytes = graph.nodes.flatMap(\.outputs).reduce(0) { sum, name in
      guard let fact = facts?[name], fact.constant == nil, let shape = fact.shape else {
        return sum
      }
      return sum + shape.reduce(fact.type.byteSize, *)
    }
    var size = min(max(batch, 1), Self.standardShardSize)
    while size > 1, 2 * size * bytes > byteLimit { size = (size + 1) / 2 }
    return size
  }
}
