import NetworkGraph
import Tensors

/// The operators this package can run, by domain and name.
public struct OperatorRegistry: Sendable {
  private let operators: [String: any Operator]

  /// A registry of the given operators; a later one replaces an earlier one of the same name.
  public init(_ operators: [any Operator]) {
    var table: [String: any Operator] = [:]
    for entry in operators { table["\(entry.domain):\(entry.name)"] = entry }
    self.operators = table
  }

  /// The operator that a node applies; nil when this package does not know it.
  public subscript(node: Node) -> (any Operator)? {
    operators["\(node.domain):\(node.op)"]
  }

  /// All operators, by name.
  public var all: [any Operator] { operators.values.sorted { $0.name < $1.name } }

  /// Every operator of this package, a list per family.
  public static let standard = OperatorRegistry(
    elementwiseOperators + logicOperators + reductionOperators + structureOperators
      + indexingOperators + convolutionOperators + normalizationOperators + quantizationOperators
      + sequenceOperators)
}
