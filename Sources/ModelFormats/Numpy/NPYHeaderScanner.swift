import Tensors

/// Parses the Python dictionary in a `.npy` header; it runs nothing.
struct NPYHeaderScanner {
  private var text: Substring.UnicodeScalarView

  init(_ text: String) { self.text = Substring(text).unicodeScalars }

  mutating func fields() throws(EngineError) -> (
    descr: String, shape: [Int], isFortranOrder: Bool
  ) {
    var (descr, shape, order): (String?, [Int]?, Bool?)
    try expect("{")
    while !skip("}") {
      let key = try string()
      try expect(":")
      switch key {
      case "descr":
        guard peek() == "'" || peek() == "\"" else {
          throw EngineError(
            .unsupported, problem: "has structured elements (named fields)",
            remedy: "Save each field as an array of its own")
        }
        descr = try string()
      case "shape": shape = try tuple()
      case "fortran_order": order = try boolean()
      default: throw NPYHeader.malformed("has the unknown header key '\(key)'")
      }
      if !skip(",") {
        try expect("}")
        break
      }
    }
    guard let descr, let shape, let order else {
      throw NPYHeader.malformed("lacks descr, shape or fortran_order in its header")
    }
    return (descr, shape, order)
  }

  private mutating func peek() -> Unicode.Scalar? {
    while let first = text.first, " \n\t\r".unicodeScalars.contains(first) { text.removeFirst() }
    return text.first
  }

  private mutating func skip(_ scalar: Unicode.Scalar) -> Bool {
    guard peek() == scalar else { return false }
    text.removeFirst()
    return true
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(EngineError) {
    guard skip(scalar) else {
      let seen = peek().map { "'\($0)'" } ?? "the end"
      throw NPYHeader.malformed("has \(seen) in its header where '\(scalar)' belongs")
    }
  }

  private mutating func string() throws(EngineError) -> String {
    let quote: Unicode.Scalar = peek() == "\"" ? "\"" : "'"
    try expect(quote)
    var value = String.UnicodeScalarView()
    while let first = text.first, first != quote {
      value.append(first)
      text.removeFirst()
    }
    try expect(quote)
    return String(value)
  }

  private mutating func boolean() throws(EngineError) -> Bool {
    var word = ""
    _ = peek()
    while let first = text.first, first.properties.isAlphabetic {
      word.unicodeScalars.append(first)
      text.removeFirst()
    }
    guard word == "True" || word == "False" else {
      throw NPYHeader.malformed("has '\(word)' as fortran_order")
    }
    return word == "True"
  }

  private mutating func tuple() throws(EngineError) -> [Int] {
    var values: [Int] = []
    try expect("(")
    while !skip(")") {
      var digits = ""
      _ = peek()
      while let first = text.first, ("0"..."9").contains(first) {
        digits.unicodeScalars.append(first)
        text.removeFirst()
      }
      // Python 2 wrote long integers as 3L.
      _ = skip("L")
      guard let value = Int(digits), values.count < 64 else {
        throw NPYHeader.malformed("has a shape that is no tuple of lengths")
      }
      values.append(value)
      if !skip(",") {
        try expect(")")
        break
      }
    }
    return values
  }
}
