/// Writes the pickle of a state dictionary in protocol 2, as `torch.save` does.
struct PickleWriter {
  private(set) var bytes: [UInt8] = [PickleOpcode.proto.rawValue, 2]
  private var memo: [String: UInt8] = [:]

  mutating func op(_ opcode: PickleOpcode) { bytes.append(opcode.rawValue) }

  /// A text.
  mutating func text(_ text: String) {
    let content = Array(text.utf8)
    op(.binUnicode)
    number(content.count, 4)
    bytes += content
  }

  /// A text or name that comes again: kept the first time, recalled later.
  private mutating func kept(_ key: String, _ write: (inout PickleWriter) -> Void) {
    if let index = memo[key] {
      op(.binGet)
      bytes.append(index)
      return
    }
    write(&self)
    // One byte holds the place; there are far fewer than 256 such names.
    guard let place = UInt8(exactly: memo.count) else { return }
    memo[key] = place
    op(.binPut)
    bytes.append(place)
  }

  mutating func repeatedText(_ text: String) { kept(text) { $0.text(text) } }

  mutating func global(_ module: String, _ name: String) {
    kept("\(module)\n\(name)") { writer in
      writer.op(.global)
      writer.bytes += Array("\(module)\n\(name)\n".utf8)
    }
  }

  /// An integer in the shortest form that Python's pickler chooses.
  mutating func int(_ value: Int) {
    switch value {
    case 0...255:
      op(.binInt1)
      number(value, 1)
    case 256...65535:
      op(.binInt2)
      number(value, 2)
    case Int(Int32.min)...Int(Int32.max):
      op(.binInt)
      number(value, 4)
    default:
      op(.long1)
      bytes.append(8)
      number(value, 8)
    }
  }

  mutating func float(_ value: Double) {
    op(.binFloat)
    bytes += withUnsafeBytes(of: value.bitPattern.bigEndian) { Array($0) }
  }

  /// A tuple of integers.
  mutating func tuple(_ values: [Int]) {
    guard !values.isEmpty else { return op(.emptyTuple) }
    op(.mark)
    for value in values { int(value) }
    op(.tuple)
  }

  /// `OrderedDict()`.
  mutating func orderedDict() {
    global("collections", "OrderedDict")
    op(.emptyTuple)
    op(.reduce)
  }

  private mutating func number(_ value: Int, _ width: Int) {
    for place in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * place))) }
  }
}
