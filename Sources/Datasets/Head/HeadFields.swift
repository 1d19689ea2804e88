import Tensors
import Yams

/// The keys of a `head:` block, taken one by one; what nobody took is unknown.
struct HeadFields {
  /// The block.
  let node: Yams.Node
  private var values: [(key: String, keyNode: Yams.Node, value: Yams.Node)] = []
  private var known: [String] = []

  init(_ node: Yams.Node) throws(EngineError) {
    guard let mapping = node.mapping else {
      throw DescriptionParser.problem(
        node, "'head' has to be a mapping",
        "Write head: {type: centernet, heatmap: NAME, box: NAME}")
    }
    self.node = node
    for (key, value) in mapping {
      values.append((key.scalar?.string ?? DescriptionParser.shown(key), key, value))
    }
  }

  /// Whether a key is there.
  func has(_ key: String) -> Bool { values.contains { $0.key == key } }

  /// A key's value, which is not taken.
  func value(_ key: String) -> Yams.Node? { values.first { $0.key == key }?.value }

  /// A problem at a key's value, or at the block where the key is missing.
  func problem(_ key: String, _ text: String, _ remedy: String) -> EngineError {
    DescriptionParser.problem(value(key) ?? node, text, remedy)
  }

  /// Takes a key's node.
  mutating func take(_ key: String) -> Yams.Node? {
    known.append(key)
    guard let index = values.firstIndex(where: { $0.key == key }) else { return nil }
    return values.remove(at: index).value
  }

  /// Takes a text.
  mutating func text(_ key: String) throws(EngineError) -> String? {
    guard let node = take(key) else { return nil }
    return try DescriptionParser.string(node, key)
  }

  /// Takes a text that has to be there.
  mutating func required(_ key: String, _ remedy: String) throws(EngineError) -> String {
    guard let text = try text(key) else {
      throw DescriptionParser.problem(node, "'head' has no '\(key)'", remedy)
    }
    return text
  }

  /// Takes one text, or a list of them.
  mutating func texts(_ key: String) throws(EngineError) -> [String]? {
    guard let node = take(key) else { return nil }
    guard let list = node.sequence else { return [try DescriptionParser.string(node, key)] }
    var texts: [String] = []
    for item in list { texts.append(try DescriptionParser.string(item, key)) }
    guard !texts.isEmpty else {
      throw DescriptionParser.problem(node, "'\(key)' is empty", "Give one name or more")
    }
    return texts
  }

  /// Takes one of several words.
  mutating func choice<C: CaseIterable & RawRepresentable<String>>(
    _ key: String, _ type: C.Type = C.self
  ) throws(EngineError) -> C? {
    guard let node = take(key) else { return nil }
    return try DescriptionParser.choice(node, key)
  }

  /// Takes a number in a range.
  mutating func number(
    _ key: String, in range: ClosedRange<Float>
  ) throws(EngineError) -> Float? {
    guard let node = take(key) else { return nil }
    let value = try DescriptionParser.number(node, key, positive: false)
    guard range.contains(value) else {
      throw DescriptionParser.problem(
        node, "'\(key)' is \(value)",
        "It has to be a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Takes a whole number in a range.
  mutating func integer(_ key: String, in range: ClosedRange<Int>) throws(EngineError) -> Int? {
    guard let node = take(key) else { return nil }
    guard let value = node.scalar.flatMap({ Int($0.string) }), range.contains(value) else {
      throw DescriptionParser.problem(
        node, "'\(key)' is '\(DescriptionParser.shown(node))'",
        "It has to be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// Takes a list of numbers.
  mutating func numbers(_ key: String, positive: Bool) throws(EngineError) -> [Float]? {
    guard let node = take(key) else { return nil }
    return try DescriptionParser.numbers(node, key, positive: positive)
  }

  /// Takes a list of lists of numbers.
  mutating func table(_ key: String) throws(EngineError) -> [[Float]]? {
    guard let node = take(key) else { return nil }
    guard let list = node.sequence, !list.isEmpty else {
      throw DescriptionParser.problem(
        node, "'\(key)' has to be a list of lists", "Give one list for each output or map")
    }
    var rows: [[Float]] = []
    for row in list {
      guard let items = row.sequence else {
        throw DescriptionParser.problem(
          row, "'\(key)' has to be a list of lists", "Give one list for each output or map")
      }
      var values: [Float] = []
      for item in items { values.append(try DescriptionParser.number(item, key, positive: true)) }
      rows.append(values)
    }
    return rows
  }

  /// Refuses what nobody took.
  func finish() throws(EngineError) {
    guard let first = values.first else { return }
    throw DescriptionParser.problem(
      first.keyNode, "unknown key '\(first.key.prefix(60))' under 'head'",
      "Known keys for this type: \(known.joined(separator: ", "))")
  }
}
