import Operators
import Synchronization
import Tensors

extension FastExecutor {
  /// A checkpoint of samples picked out of others, as ``GraphExecutor`` says: their rows are copied.
  public func gather(_ samples: [(checkpoint: Checkpoint, row: Int)]) throws -> Checkpoint? {
    guard let first = samples.first?.checkpoint, let cut = first.values[Cut.name] as? Cut,
      samples.allSatisfy({ $0.checkpoint.position == first.position })
    else { return nil }
    let batched = valuesByBatch(cut.inputShapes)
    let count = samples.count
    let rows = cut.inputShapes.mapValues { [count] + $0.dropFirst() }
    var values: [String: any Sendable] = [
      Cut.name: Cut(inputShapes: rows, precision: cut.precision)
    ]
    var byteCount = 0
    for name in first.values.keys where name != Cut.name {
      let sources = samples.compactMap { $0.checkpoint.values[name] as? RunValue }
      guard batched.contains(name), sources.count == count,
        let value = try gather(sources, rows: samples.map(\.row))
      else { return nil }
      values[name] = value
      byteCount += value.byteCount
    }
    return Checkpoint(position: first.position, byteCount: byteCount, values: values)
  }

  /// One row of each value, in one value; nil when they do not lie alike, or rows not whole.
  private func gather(_ values: [RunValue], rows: [Int]) throws -> RunValue? {
    guard let first = values.first, let length = first.shape.first, length > 0 else { return nil }
    let shape = [rows.count] + first.shape.dropFirst()
    let layout = try first.layout?.withRows(rows.count)
    guard let rowBytes = first.layout.map(\.rowBytes) ?? first.byteCount / length else {
      return nil
    }
    for (value, row) in zip(values, rows) {
      guard value.type == first.type, value.shape.dropFirst() == first.shape.dropFirst(),
        row < value.shape[0], try value.layout?.withRows(rows.count) == layout
      else { return nil }
    }
    let storage = services.pool.storage(byteCount: rowBytes * rows.count) { memory in
      for (index, (value, row)) in zip(values, rows).enumerated() {
        withExtendedLifetime(value.storage) {
          guard let source = value.pointer else { return }
          (memory + index * rowBytes).copyMemory(
            from: source + row * rowBytes, byteCount: rowBytes)
        }
      }
    }
    if let layout { return RunValue(storage: storage, shape: shape, layout: layout) }
    return RunValue(Tensor(type: first.type, shape: shape, storage: storage))
  }

  /// The values whose first axis is the batch: it grows with the inputs' first axis, and no other
  /// does.
  private func valuesByBatch(_ shapes: [String: [Int]]) -> Set<String> {
    batchedValues.withLock { known in
      if let known { return known }
      guard shapes.values.allSatisfy({ !$0.isEmpty }),
        let two = try? facts(shapes, batch: 2), let three = try? facts(shapes, batch: 3)
      else {
        known = []
        return []
      }
      let found = Set(
        two.compactMap { name, fact in
          guard let shape = fact.shape, let other = three[name]?.shape, shape.first == 2,
            other.first == 3, shape.dropFirst() == other.dropFirst()
          else { return nil }
          return name
        } as [String])
      known = found
      return found
    }
  }

  private func facts(
    _ shapes: [String: [Int]], batch: Int
  ) throws(EngineError) -> [String: TensorFact] {
    try ShapeInference.infer(
      graph: graph, inputShapes: shapes.mapValues { [batch] + $0.dropFirst() },
      registry: registry)
  }
}
