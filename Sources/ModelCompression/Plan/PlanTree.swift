import OrderedCollections

/// The tree that a plan is written as; YAML and JSON are two spellings of it.
indirect enum PlanTree {
  /// A mapping that is written on one line.
  case map(OrderedDictionary<String, PlanTree>)
  /// A mapping of at least one entry that is written with one entry a line.
  case block(OrderedDictionary<String, PlanTree>)
  case list([PlanTree])
  /// A list of at least one item that is written with one item a line.
  case lines([PlanTree])
  /// A number, `true`, `false` or `null`, already spelled.
  case literal(String)
  case text(String)

  /// JSON: blocks with one entry a line and two-space indentation, mappings on one line.
  func json(indent: String = "") -> String {
    switch self {
    case .literal(let text): return text
    case .text(let text): return Self.quoted(text)
    case .list(let items): return "[" + items.map { $0.json() }.joined(separator: ", ") + "]"
    case .lines(let items):
      let inner = indent + "  "
      let lines = items.map { inner + $0.json(indent: inner) }
      return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
    case .map(let entries):
      let parts = entries.map { "\(Self.quoted($0.key)): \($0.value.json())" }
      return "{" + parts.joined(separator: ", ") + "}"
    case .block(let entries):
      let inner = indent + "  "
      let lines = entries.map { "\(inner)\(Self.quoted($0.key)): \($0.value.json(indent: inner))" }
      return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  /// YAML: blocks with one entry a line, mappings and lists in flow style.
  func yaml(indent: String = "") -> String {
    guard case .block(let entries) = self else { return indent + flow + "\n" }
    var text = ""
    for (key, value) in entries {
      text += indent + Self.plain(key) + ":"
      switch value {
      case .block: text += "\n" + value.yaml(indent: indent + "  ")
      case .lines(let items):
        text += "\n" + items.map { indent + "  - \($0.flow)\n" }.joined()
      default: text += " " + value.flow + "\n"
      }
    }
    return text
  }

  private var flow: String {
    switch self {
    case .literal(let text): text
    case .text(let text): Self.plain(text)
    case .list(let items), .lines(let items): "[" + items.map(\.flow).joined(separator: ", ") + "]"
    case .map(let entries), .block(let entries):
      "{" + entries.map { "\(Self.plain($0.key)): \($0.value.flow)" }.joined(separator: ", ") + "}"
    }
  }

  /// The text without quotes where YAML reads it back as the same text, else in double quotes.
  private static func plain(_ text: String) -> String {
    let words = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    guard let first = text.utf8.first, isLetter(first) || first == UInt8(ascii: "_"),
      text.utf8.allSatisfy({ isLetter($0) || (48...57).contains($0) || "_./-".utf8.contains($0) }),
      !words.contains(text.lowercased())
    else { return quoted(text) }
    return text
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// The text in double quotes with the escapes that JSON and YAML share.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        let hex = String(scalar.value, radix: 16)
        if isShown(scalar) {
          result.unicodeScalars.append(scalar)
        } else {
          result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
        }
      }
    }
    return result + "\""
  }

  /// Whether a character is written as it is: not controls and invisible marks.
  ///
  /// Beyond 16 bits all are, because YAML does not know JSON's pairs of escapes.
  private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse:
      scalar.value > 0xFFFF
    default: true
    }
  }
}
