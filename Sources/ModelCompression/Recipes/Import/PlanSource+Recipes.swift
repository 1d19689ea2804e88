import Tensors
import Yams

/// A node of a YAML text, which is not a node of a network.
typealias YAMLNode = Yams.Node

/// Typed reading of the parts that other tools' files have and plans have not.
extension PlanSource {
  /// `true` or `false`.
  func flag(_ node: Node, of what: String) throws(EngineError) -> Bool {
    switch node.scalar?.string {
    case "true", "True", "TRUE": return true
    case "false", "False", "FALSE": return false
    case let other:
      throw failure(
        node, "'\(what)' has to be true or false: '\((other ?? "{...}").prefix(40))' was given")
    }
  }

  /// The value of a key; nil when it is absent or null.
  func optional(_ node: Node, _ key: String) -> Node? {
    guard let value = node.mapping?[Node(key)], !isNull(value) else { return nil }
    return value
  }

  /// A list of texts, or one text.
  func texts(_ node: Node, of what: String) throws(EngineError) -> [(text: String, node: Node)] {
    guard let items = node.sequence else { return [(try text(node, of: what), node)] }
    var result: [(text: String, node: Node)] = []
    for item in items { result.append((try text(item, of: what), item)) }
    return result
  }

  /// A share from 0 to 1.
  func share(_ node: Node, of what: String) throws(EngineError) -> Double {
    let value = try number(node, of: what)
    guard (0...1).contains(value) else {
      throw failure(node, "'\(what)' has to be between 0 and 1: \(value) was given")
    }
    return value
  }

  /// Two whole numbers, as `2:4` or as a list.
  func pair(_ node: Node, of what: String) throws(EngineError) -> (Int, Int) {
    if let items = node.sequence, items.count == 2 {
      return (try integer(items[0], of: what), try integer(items[1], of: what))
    }
    let parts = (node.scalar?.string ?? "").split(separator: ":").map { Int($0) }
    guard parts.count == 2, let first = parts[0], let second = parts[1] else {
      throw failure(node, "'\(what)' has to be two whole numbers, such as 2:4")
    }
    return (first, second)
  }
}
