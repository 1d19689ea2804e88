import OrderedCollections

/// A JSON value that keeps the order of its keys.
indirect enum JSONValue {
  case null
  case bool(Bool)
  /// As written: integers beyond 53 bits stay exact.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(OrderedDictionary<String, JSONValue>)

  /// The value as a whole number that is not negative.
  var count: Int? {
    guard case .number(let text) = self, let value = Int(text), value >= 0 else { return nil }
    return value
  }

  /// `text` in quotes, escaped as `serde_json` does.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      case "\u{8}": result += "\\b"
      case "\u{C}": result += "\\f"
      case ..<" ":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
