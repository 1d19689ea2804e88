import NetworkGraph
import Tensors

/// Compares given input values with what a graph declares.
public struct InputCheck {
  private let graph: NetworkGraph

  /// Makes a check against the inputs that `graph` declares.
  public init(graph: NetworkGraph) { self.graph = graph }

  /// Throws when an input is missing, unknown, or of another type, rank or fixed length.
  ///
  /// The first axis is not compared: many files declare a batch of 1 that is not meant.
  public func check(_ inputs: [String: Tensor]) throws(EngineError) {
    let declared = Set(graph.inputs.map(\.name))
    for name in inputs.keys.sorted() where !declared.contains(name) {
      throw EngineError(
        .invalidArgument, subject: "input '\(name)'", problem: "is not an input of the graph",
        remedy: wanted)
    }
    for info in graph.runtimeInputs {
      guard let tensor = inputs[info.name] else {
        throw EngineError(
          .invalidArgument, subject: "input '\(info.name)'", problem: "is missing", remedy: wanted)
      }
      try check(tensor, against: info)
    }
  }

  private func check(_ tensor: Tensor, against info: ValueInfo) throws(EngineError) {
    if let type = info.type, type != tensor.type {
      throw EngineError(
        .shapeMismatch, subject: "input '\(info.name)'",
        problem: "is of type \(tensor.type), expected \(type)", remedy: wanted)
    }
    guard let shape = info.shape else { return }
    let fits =
      shape.count == tensor.rank
      && zip(shape, tensor.shape).dropFirst().allSatisfy { declared, length in
        if case .fixed(let expected) = declared { expected == length } else { true }
      }
    guard fits else {
      throw EngineError(
        .shapeMismatch, subject: "input '\(info.name)'",
        problem: "has shape \(tensor.shape), expected \(InputCheck.text(shape))", remedy: wanted)
    }
  }

  private var wanted: String {
    let list = graph.runtimeInputs.map { info in
      "'\(info.name)' (\(info.type.map(\.rawValue) ?? "any type") "
        + "\(info.shape.map { InputCheck.text($0) } ?? "of any shape"))"
    }
    return list.isEmpty
      ? "The graph takes no inputs" : "The graph takes \(list.joined(separator: ", "))"
  }

  private static func text(_ shape: [Dimension]) -> String {
    "[\(shape.map(\.description).joined(separator: ", "))]"
  }
}
