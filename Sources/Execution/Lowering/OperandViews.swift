/// How a matrix product reads operands that the graph transposes first.
struct OperandViews {
  /// For each transposed operand, the value before and the order of its axes.
  var transposed: [Int: (input: String, order: [Int])] = [:]
  /// The transposing nodes, ascending.
  var nodes: [Int] = []

  /// Whether there is none.
  var isEmpty: Bool { nodes.isEmpty }
}
