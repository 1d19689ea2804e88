import Tensors
import Yams

/// Reads the YAML of a ``DataDescription``; every error names line and column.
struct DescriptionParser {
  private static let remedy = """
    Known keys: data, boxes, task, ignore, classes, head, \
    input {layout, order, scale, mean, std, resize, crop}
    """

  /// Reads the text of a description.
  static func parse(_ text: String, path: String) throws(EngineError) -> DataDescription {
    do throws(EngineError) {
      try checkNesting(text)
      let root: Yams.Node?
      do {
        root = try Yams.compose(yaml: text)
      } catch {
        throw yamlError(error)
      }
      guard let root, let mapping = root.mapping else {
        throw EngineError(
          .invalidData, problem: "is not a data description: a YAML mapping was expected",
          remedy: remedy)
      }
      var description = DataDescription(path: path)
      for (key, value) in mapping { try readTop(key, value, into: &description) }
      return description
    } catch {
      throw error.inFile(path)
    }
  }

  /// Whether the text is another of this program's YAML files: a plan.
  static func isPlan(_ text: String) -> Bool {
    text.split(separator: "\n").contains { $0.hasPrefix("weightbench:") }
  }

  /// Refuses nesting that only serves to exhaust the stack of a recursive parser.
  private static func checkNesting(_ text: String) throws(EngineError) {
    guard text.utf8.count <= 1 << 20 else {
      throw EngineError(.invalidData, problem: "is larger than 1 MB", remedy: remedy)
    }
    var depth = 0
    var line = 1
    var dashes = 0
    var isStart = true
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): (line, dashes, isStart) = (line + 1, 0, true)
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
      case UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":"): if isStart { dashes += 1 }
      case UInt8(ascii: " "), UInt8(ascii: "\t"): break
      default: isStart = false
      }
      if depth > 50 || dashes > 200 {
        throw EngineError(
          .invalidData, subject: "line \(line)", problem: "is nested too deeply", remedy: remedy)
      }
    }
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
    let deepest =
      lines.map { line in line.prefix(while: { $0 == UInt8(ascii: " ") }).count }.max() ?? 0
    guard deepest <= 400 else {
      throw EngineError(.invalidData, problem: "is indented too deeply", remedy: remedy)
    }
  }

  private static func yamlError(_ error: any Error) -> EngineError {
    let remedy = "Correct the YAML"
    switch error as? YamlError {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return EngineError(
        .invalidData, subject: "line \(mark.line), column \(mark.column)", problem: problem,
        remedy: remedy)
    default:
      let first = "\(error)".split(whereSeparator: \.isNewline).prefix(2).joined(separator: " ")
      return EngineError(.invalidData, problem: "can't be read as YAML: \(first)", remedy: remedy)
    }
  }

  static func problem(_ node: Yams.Node, _ text: String, _ remedy: String? = nil) -> EngineError {
    EngineError(
      .invalidData, subject: node.mark.map { "line \($0.line), column \($0.column)" },
      problem: text, remedy: remedy ?? Self.remedy)
  }

  private static func readTop(
    _ key: Yams.Node, _ value: Yams.Node, into description: inout DataDescription
  ) throws(EngineError) {
    switch key.scalar?.string {
    case "data": description.data = try string(value, "data")
    case "boxes": description.boxes = try string(value, "boxes")
    case "ignore": description.ignoredClass = try wholeNumber(value, "ignore")
    case "task": description.task = try choice(value, "task")
    case "head": description.head = try HeadDescription(parsing: value)
    case "input":
      guard let input = value.mapping else {
        throw problem(value, "'input' has to be a mapping")
      }
      for (key, value) in input { try readInput(key, value, into: &description) }
    case "classes":
      guard let names = value.sequence, !names.isEmpty else {
        throw problem(value, "'classes' has to be a list of names", "Write classes: [cat, dog]")
      }
      description.classNames = []
      for name in names { description.classNames?.append(try string(name, "classes")) }
    default: throw problem(key, "unknown key '\(shown(key))'")
    }
  }

  private static func readInput(
    _ key: Yams.Node, _ value: Yams.Node, into description: inout DataDescription
  ) throws(EngineError) {
    switch key.scalar?.string {
    case "layout": description.layout = try choice(value, "layout")
    case "order": description.order = try choice(value, "order")
    case "scale": description.scale = try number(value, "scale", positive: true)
    case "mean": description.mean = try numbers(value, "mean", positive: false)
    case "std": description.std = try numbers(value, "std", positive: true)
    case "resize": description.geometry.resize = try sizes(value, "resize")
    case "crop":
      let size = try sizes(value, "crop")
      description.geometry.crop = (size[0], size[size.count - 1])
    default: throw problem(key, "unknown key '\(shown(key))' under 'input'")
    }
  }

  static func shown(_ node: Yams.Node) -> String {
    node.scalar.map { String($0.string.prefix(60)) } ?? "(not a name)"
  }

  static func string(_ node: Yams.Node, _ key: String) throws(EngineError) -> String {
    guard let text = node.scalar?.string, !text.isEmpty, !text.contains("\0") else {
      throw problem(node, "'\(key)' has to be text")
    }
    return text
  }

  static func choice<C: CaseIterable & RawRepresentable<String>>(
    _ node: Yams.Node, _ key: String
  ) throws(EngineError) -> C {
    let text = try string(node, key)
    if let found = C.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() }) {
      return found
    }
    let known = C.allCases.map(\.rawValue).joined(separator: ", ")
    throw problem(node, "'\(key)' is '\(text.prefix(60))'", "It is one of: \(known)")
  }

  static func number(
    _ node: Yams.Node, _ key: String, positive: Bool
  ) throws(EngineError) -> Float {
    guard let text = node.scalar?.string, let value = Float(text), value.isFinite,
      !positive || value.isNormal && value > 0
    else {
      throw problem(
        node, "'\(key)' is '\(shown(node))'",
        positive ? "It has to be a positive number" : "It has to be a number")
    }
    return value
  }

  private static func wholeNumber(
    _ node: Yams.Node, _ key: String
  ) throws(EngineError) -> Int {
    guard let text = node.scalar?.string, let value = Int(text) else {
      throw problem(node, "'\(key)' is '\(shown(node))'", "It has to be a whole number")
    }
    return value
  }

  static func numbers(
    _ node: Yams.Node, _ key: String, positive: Bool
  ) throws(EngineError) -> [Float] {
    guard let list = node.sequence else { return [try number(node, key, positive: positive)] }
    var values: [Float] = []
    for item in list { values.append(try number(item, key, positive: positive)) }
    guard !values.isEmpty else {
      throw problem(node, "'\(key)' is empty", "Give one number for each channel")
    }
    return values
  }

  private static func sizes(_ node: Yams.Node, _ key: String) throws(EngineError) -> [Int] {
    var values: [Int] = []
    for item in node.sequence.map(Array.init) ?? [node] {
      guard let text = item.scalar?.string, let value = Int(text), (1...16384).contains(value)
      else {
        throw problem(
          item, "'\(key)' is '\(shown(item))'", "It has to be a whole number from 1 to 16384")
      }
      values.append(value)
    }
    guard (1...2).contains(values.count) else {
      throw problem(node, "'\(key)' has \(values.count) numbers", "Give one, or height and width")
    }
    return values
  }
}
