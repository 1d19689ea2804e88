import Tensors
import Yams

/// A plan's text as a tree with positions, and the typed reading of its parts.
///
/// Every failure names line and column.
struct PlanSource {
  /// A key of a mapping with its value.
  typealias Entry = (key: String, keyNode: Node, value: Node)

  /// The file's path, where there is one.
  let path: String?
  /// The root mapping.
  let root: Node

  /// Plans are small; anything larger is another kind of file.
  static let largestText = 16 << 20

  /// Parses YAML; JSON is a part of it.
  ///
  /// - Parameter kind: What the text is, for messages: `plan`, or another tool's file.
  init(text: String, path: String?, kind: String = "plan") throws(EngineError) {
    self.path = path
    guard text.utf8.count <= Self.largestText else {
      throw EngineError(
        .invalidPlan, path: path,
        problem: "is \(text.utf8.count) bytes long: too long for a \(kind)",
        remedy: "Give the path of a \(kind) file")
    }
    if let position = Self.alias(in: text) {
      throw EngineError(
        .invalidPlan, path: path, subject: position, problem: "aliases ('*name') are not supported",
        remedy: "Write the value out")
    }
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw EngineError(
          .invalidPlan, path: path, problem: "is empty",
          remedy: kind == "plan"
            ? "A plan starts with 'weightbench: \(CompressionPlan.version)'"
            : "Give the path of a \(kind) file")
      }
      root = node
    } catch let error as EngineError {
      throw error
    } catch {
      throw Self.translate(error).inPlan(path)
    }
  }

  /// The position of an alias whose anchor exists; aliases could blow a small file up to any size.
  private static func alias(in text: String) -> String? {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return nil }
    let opening: Set<Character> = [" ", "\t", "[", "{", ",", ":", "-", "?"]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      var previous: Character = " "
      for (column, index) in line.indices.enumerated() {
        defer { previous = line[index] }
        guard line[index] == "*", opening.contains(previous) else { continue }
        let name = line[line.index(after: index)...].prefix {
          !$0.isWhitespace && !",[]{}:\"'".contains($0)
        }
        if !name.isEmpty, text.contains("&" + name) {
          return "line \(number + 1), column \(column + 1)"
        }
      }
    }
    return nil
  }

  private static func translate(_ error: any Error) -> EngineError {
    let remedy = "Correct the YAML or JSON at that place"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return EngineError(
        .invalidPlan, subject: "line \(mark.line), column \(mark.column)", problem: problem,
        remedy: remedy)
    case .duplicatedKeysInMapping(let duplicates, let context):
      let keys = duplicates.sorted().map { "'\($0)'" }.joined(separator: ", ")
      return EngineError(
        .invalidPlan, subject: "line \(context.mark.line), column \(context.mark.column)",
        problem: "the key \(keys) is given twice in this mapping", remedy: "Remove one of them")
    case .reader(let problem, let offset, _, _):
      return EngineError(
        .invalidPlan, byteOffset: offset, problem: "is not YAML: \(problem)", remedy: remedy)
    default:
      return EngineError(.invalidPlan, problem: "is not YAML: \(error)", remedy: remedy)
    }
  }

  /// An error at the place of `node`.
  func failure(_ node: Node, _ problem: String, remedy: String? = nil) -> EngineError {
    let place = node.mark.map { "line \($0.line), column \($0.column)" }
    return EngineError(
      .invalidPlan, path: path, subject: place, problem: problem, remedy: remedy)
  }

  /// The entries of a mapping whose keys are plain names, in file order.
  func entries(_ node: Node, of what: String) throws(EngineError) -> [Entry] {
    guard let mapping = node.mapping else {
      throw failure(node, "\(what) has to be a mapping of keys to values")
    }
    var result: [Entry] = []
    for (key, value) in mapping {
      guard let name = key.scalar?.string else {
        throw failure(key, "a key of \(what) has to be a name")
      }
      result.append((name, key, value))
    }
    return result
  }

  /// Whether the value is `null`.
  func isNull(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any else {
      return false
    }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }

  /// A text, in quotes or not.
  func text(_ node: Node, of what: String) throws(EngineError) -> String {
    guard let scalar = node.scalar, !isNull(node) else {
      throw failure(node, "'\(what)' has to be a text")
    }
    return scalar.string
  }

  /// A finite number without quotes.
  func number(_ node: Node, of what: String) throws(EngineError) -> Double {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any,
      let value = Double(scalar.string), value.isFinite
    else { throw failure(node, "'\(what)' has to be a number\(seen(node))") }
    return value
  }

  /// A whole number without quotes.
  func integer(_ node: Node, of what: String) throws(EngineError) -> Int {
    guard let scalar = node.scalar, scalar.style == .plain || scalar.style == .any,
      let value = Int(scalar.string)
    else { throw failure(node, "'\(what)' has to be a whole number\(seen(node))") }
    return value
  }

  /// A plain value of any kind.
  func value(_ node: Node, of what: String) throws(EngineError) -> PlanValue {
    guard let scalar = node.scalar else {
      throw failure(node, "'\(what)' has to be a plain value")
    }
    if isNull(node) { return .none }
    guard scalar.style == .plain || scalar.style == .any else { return .text(scalar.string) }
    switch scalar.string {
    case "true", "True", "TRUE": return .flag(true)
    case "false", "False", "FALSE": return .flag(false)
    default: break
    }
    if let value = Int(scalar.string) { return .integer(value) }
    let first = scalar.string.utf8.first ?? 0
    let isNumeric = (48...57).contains(first) || "+-.".utf8.contains(first)
    if isNumeric, let value = Double(scalar.string), value.isFinite { return .number(value) }
    return .text(scalar.string)
  }

  /// `: 'x' was given` for scalars.
  private func seen(_ node: Node) -> String {
    node.scalar.map { ": '\($0.string.prefix(40))' was given" } ?? ""
  }
}

extension EngineError {
  /// The same error with the plan's path, where there is one.
  fileprivate func inPlan(_ path: String?) -> EngineError {
    path.map { inFile($0) } ?? self
  }
}
