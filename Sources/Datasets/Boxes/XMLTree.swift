import Tensors

/// The elements of a small XML document with their text: what label files use, and no more.
///
/// Attributes, comments, processing instructions and document types are passed over; of entities only the
/// five of XML and numbers are known, so that nothing can expand.
struct XMLTree {
  /// The element's name.
  var name: String
  /// The text directly in it, without white space around it.
  var text: String
  /// The elements in it.
  var children: [XMLTree]

  private static let deepest = 32

  /// The first element of a name.
  subscript(name: String) -> XMLTree? { children.first { $0.name == name } }

  /// Reads a document.
  ///
  /// - Throws: ``EngineError`` with the byte where it breaks.
  static func parse(_ text: String) throws(EngineError) -> XMLTree {
    var parser = Parser(bytes: Array(text.utf8))
    return try parser.document()
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func malformed(_ problem: String) -> EngineError {
      EngineError(
        .malformedFile, byteOffset: min(position, bytes.count), problem: problem,
        remedy: "Replace or remove the file")
    }

    func starts(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Moves behind the next occurrence of `text`.
    mutating func skip(past text: String, _ what: String) throws(EngineError) {
      let pattern = Array(text.utf8)
      var place = position
      while place + pattern.count <= bytes.count {
        if bytes[place..<(place + pattern.count)].elementsEqual(pattern) {
          position = place + pattern.count
          return
        }
        place += 1
      }
      throw malformed("\(what) does not end")
    }

    /// Reads elements with a stack of open ones, so that nesting takes no call stack.
    mutating func document() throws(EngineError) -> XMLTree {
      var open: [XMLTree] = []
      var texts: [[UInt8]] = []
      while position < bytes.count {
        guard bytes[position] == UInt8(ascii: "<") else {
          let start = position
          while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
          if !open.isEmpty { texts[texts.count - 1] += bytes[start..<position] }
          continue
        }
        if starts("<!--") {
          try skip(past: "-->", "a comment")
        } else if starts("<![CDATA[") {
          let start = position + 9
          try skip(past: "]]>", "a CDATA section")
          if !open.isEmpty { texts[texts.count - 1] += bytes[start..<max(start, position - 3)] }
        } else if starts("<?") {
          try skip(past: "?>", "a processing instruction")
        } else if starts("<!") {
          try skip(past: ">", "a declaration")
        } else if starts("</") {
          position += 2
          let name = try self.name()
          try skip(past: ">", "the tag '\(name)'")
          guard var element = open.popLast(), let text = texts.popLast(), element.name == name
          else {
            throw malformed("the end tag '\(name.prefix(40))' closes no element of that name")
          }
          element.text = try decoded(text)
          if open.isEmpty { return element }
          open[open.count - 1].children.append(element)
        } else {
          position += 1
          let name = try self.name()
          let isEmpty = try attributes(of: name)
          guard open.count < XMLTree.deepest else { throw malformed("too many nested elements") }
          let element = XMLTree(name: name, text: "", children: [])
          if !isEmpty {
            open.append(element)
            texts.append([])
          } else if open.isEmpty {
            return element
          } else {
            open[open.count - 1].children.append(element)
          }
        }
      }
      throw malformed(
        open.last.map { "the element '\($0.name)' does not end" } ?? "holds no element")
    }

    mutating func name() throws(EngineError) -> String {
      let start = position
      while position < bytes.count, !" \t\r\n/><=".utf8.contains(bytes[position]) { position += 1 }
      guard position > start else { throw malformed("a tag without a name") }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Passes over attributes up to the tag's end; whether the element is closed at once.
    mutating func attributes(of name: String) throws(EngineError) -> Bool {
      var quote: UInt8?
      while position < bytes.count {
        let byte = bytes[position]
        position += 1
        if let open = quote {
          if byte == open { quote = nil }
        } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
          quote = byte
        } else if byte == UInt8(ascii: ">") {
          return bytes[position - 2] == UInt8(ascii: "/")
        } else if byte == UInt8(ascii: "<") {
          break
        }
      }
      throw malformed("the tag '\(name.prefix(40))' does not end")
    }

    /// Text without white space around it, its entities resolved.
    func decoded(_ bytes: [UInt8]) throws(EngineError) -> String {
      let text = String(decoding: bytes, as: UTF8.self)
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
      guard text.contains("&") else { return text }
      var result = ""
      var rest = text[...]
      while let start = rest.firstIndex(of: "&") {
        result += rest[..<start]
        guard let end = rest[start...].firstIndex(of: ";") else {
          throw malformed("an entity does not end")
        }
        let name = rest[rest.index(after: start)..<end]
        guard let character = Self.entity(name) else {
          throw malformed("the entity '\(name.prefix(20))' is not known")
        }
        result.append(character)
        rest = rest[rest.index(after: end)...]
      }
      return result + rest
    }

    static func entity(_ name: Substring) -> Character? {
      switch name {
      case "amp": "&"
      case "lt": "<"
      case "gt": ">"
      case "quot": "\""
      case "apos": "'"
      default:
        (name.hasPrefix("#x")
          ? UInt32(name.dropFirst(2), radix: 16)
          : name.hasPrefix("#") ? UInt32(name.dropFirst()) : nil)
          .flatMap(Unicode.Scalar.init).map(Character.init)
      }
    }
  }
}
