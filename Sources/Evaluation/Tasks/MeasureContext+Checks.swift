import NetworkGraph
import Tensors

extension MeasureContext {
  /// Refuses ground truth and tokens that the network can't have been made for, before anything is run.
  ///
  /// - Throws: ``EngineError`` naming the item, what it holds, and what the network has.
  func check() throws(EngineError) {
    if data.task == .classification, data.labels != nil, let count = classCount {
      try data.check(against: graph.runtimeInputs, classCount: count)
    }
    for (input, table) in lookups {
      for part in 0..<data.partCount {
        guard let tokens = data.array(input, part: part), tokens.type.isInteger else { continue }
        try check(tokens, of: input, table: table)
      }
    }
  }

  /// How many classes the outputs tell apart at most; nil where an output's shape is not known, or none is
  /// a list of scores.
  private var classCount: Int? {
    guard outputs.allSatisfy({ $0.shape != nil }) else { return nil }
    return outputs.compactMap { output -> Int? in
      guard let shape = output.shape, let count = shape.first, count > 1,
        shape.dropFirst().allSatisfy({ $0 == 1 })
      else { return nil }
      return count
    }.max()
  }

  /// The inputs by which rows of a constant table are looked up, each with the table's name and rows.
  private var lookups: [(input: String, table: (name: String, rows: Int))] {
    var sources = Dictionary(
      graph.runtimeInputs.map { ($0.name, $0.name) }, uniquingKeysWith: { a, _ in a })
    var found: [(input: String, table: (name: String, rows: Int))] = []
    for node in graph.nodes where node.domain.isEmpty && !node.inputs.isEmpty {
      if ["Cast", "Identity"].contains(node.op), let source = sources[node.inputs[0]] {
        for output in node.outputs { sources[output] = source }
      }
      guard node.op == "Gather", node.inputs.count == 2, (node.int("axis") ?? 0) == 0,
        let input = sources[node.inputs[1]], let table = graph.constant(node.inputs[0]),
        let rows = table.shape.first
      else { continue }
      found.append((input, (node.inputs[0], rows)))
    }
    return found
  }

  private func check(
    _ tokens: Tensor, of input: String, table: (name: String, rows: Int)
  ) throws(EngineError) {
    let values = tokens.integers
    guard let wrong = values.firstIndex(where: { !(-table.rows..<table.rows).contains($0) }) else {
      return
    }
    let item = wrong / max(values.count / max(tokens.shape.first ?? 1, 1), 1)
    throw EngineError(
      .invalidData, path: data.path, subject: "input '\(input)'",
      problem:
        "item \(item) has the token \(values[wrong]), but the model's table '\(table.name)' has "
        + "\(table.rows) rows, counted from 0",
      remedy: "Give tokens of the model's own tokenizer")
  }
}
