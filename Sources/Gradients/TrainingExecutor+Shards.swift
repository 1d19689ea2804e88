import Operators
import Tensors

extension TrainingExecutor {
  /// Samples of a shard where memory does not ask for fewer.
  ///
  /// With batch statistics a shard has its own, so that this is part of what is computed and never
  /// depends on the number of workers.
  public static let standardShardSize = 64

  /// How many samples of a batch go together so that one shard keeps within the executor's memory: the
  /// standard size, halved until they do; 1 where nothing fits.
  ///
  /// Values that are computed a second time come first: the size goes down only where even that needs too
  /// much. Counted from shapes, not measured.
  ///
  /// - Parameters:
  ///   - batch: Samples of a batch.
  ///   - sample: Inputs of one sample.
  public func shardSize(batch: Int, sample: [String: Tensor]) -> Int {
    var size = min(max(batch, 1), Self.standardShardSize)
    let shapes = sample.mapValues(\.shape)
    while size > 1, !fits(size, shapes) { size = (size + 1) / 2 }
    return size
  }

  /// How many segments a step on inputs of these shapes is cut into: 1 where everything is kept, more
  /// where values are computed a second time.
  ///
  /// - Parameter shapes: The inputs' shapes by name.
  public func segmentCount(shapes: [String: [Int]]) -> Int { segments(shapes).ranges.count }

  private func fits(_ size: Int, _ shapes: [String: [Int]]) -> Bool {
    let scaled = shapes.mapValues { $0.isEmpty ? $0 : [size * $0[0]] + $0.dropFirst() }
    return segments(scaled).bytes <= byteLimit
  }

  /// The cuts for inputs of these shapes.
  func segments(_ shapes: [String: [Int]]) -> TapeSegments {
    guard byteLimit < .max else { return .whole(plan.steps.count) }
    if let ready = known.withLock({ $0[shapes] }) { return ready }
    let facts = try? ShapeInference.infer(graph: graph, inputShapes: shapes)
    var sizes: [String: Int] = [:]
    for name in plan.steps.flatMap(\.outputs) {
      guard let fact = facts?[name], let shape = fact.shape else { continue }
      sizes[name] = shape.reduce(fact.type.byteSize, *)
    }
    let made = TapeSegments.fitting(
      plan.steps, sizes: sizes, outputs: Set(graph.outputs.map(\.name)), byteLimit: byteLimit)
    known.withLock { $0[shapes] = made }
    return made
  }
}
