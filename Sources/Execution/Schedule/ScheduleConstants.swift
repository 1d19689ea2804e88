import NetworkGraph
import Operators
import Tensors

/// What is constant for one set of input shapes: the graph's constants, and values that depend on
/// shapes and integer constants only.
///
/// A value that depends on shapes and on float constants is computed in each run, since float
/// constants may be replaced.
struct ScheduleConstants {
  private let table: ConstantTable
  private let weights: [String: Tensor]
  private let ofShapes: [String: Tensor]
  /// Constants of other types than float: their elements decide shapes.
  let integerRoots: Set<String>

  init(
    graph: NetworkGraph, table: ConstantTable, facts: [String: TensorFact],
    replacing weights: [String: Tensor]
  ) {
    self.table = table
    self.weights = weights
    let integerRoots = Set(table.roots.filter { !$0.value.type.isFloat }.keys)
    self.integerRoots = integerRoots
    var ofShapes: [String: Tensor] = [:]
    var usesFloats: Set<String> = []
    for node in graph.nodes {
      if node.op != "Shape", node.op != "Size" {
        let uses = node.allInputs.contains { name in
          usesFloats.contains(name) || table.roots(of: name).contains { !integerRoots.contains($0) }
        }
        if uses { usesFloats.formUnion(node.outputs) }
      }
      for name in node.outputs where !name.isEmpty && !usesFloats.contains(name) {
        if !table.contains(name), let value = facts[name]?.constant { ofShapes[name] = value }
      }
    }
    self.ofShapes = ofShapes
  }

  /// Whether the value is constant.
  func contains(_ name: String) -> Bool { table.contains(name) || ofShapes[name] != nil }

  /// The graph's constants that the value comes from.
  func roots(of name: String) -> [String] { table.roots(of: name) }

  /// The value of a constant.
  func value(_ name: String) throws -> Tensor {
    if let value = ofShapes[name] { return value }
    return try table.value(name, replacing: weights)
  }
}

extension Source {
  /// Whether both name the same place.
  func isSame(as other: Source) -> Bool {
    switch (self, other) {
    case (.slot(let a), .slot(let b)), (.conversion(let a), .conversion(let b)),
      (.prepared(let a), .prepared(let b)), (.constant(let a), .constant(let b)):
      a == b
    default: false
    }
  }
}
