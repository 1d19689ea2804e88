import Tensors

/// Reads a pickle without running anything: it knows how to build tensors, dictionaries, lists,
/// tuples, numbers and texts, and refuses every other name.
///
/// Objects lie in one array and refer to each other by index, so that neither cycles nor deep nesting
/// in hostile files cost more than their bytes: nothing recurses, and all is released at once.
struct PickleMachine {
  static let copyAgain = "Copy, download or save the file again"

  /// The most objects that one pickle may build, and the most values in them.
  private static let mostObjects = 1 << 22
  private static let mostItems = 1 << 24

  private(set) var bytes: PickleBytes
  /// All containers, storages and tensors.
  var heap: [PickleObject] = []
  /// The storages that were named, by key.
  var storages: [String: PyTorchStorage] = [:]
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var itemCount = 0

  /// A machine for the pickle that begins at the start of `range`.
  init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
    self.bytes = PickleBytes(bytes, range)
  }

  /// Runs up to the end of one pickle and returns what it describes; ``bytes`` stands behind it then.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` naming a global that is not read, else
  ///   `malformedFile` or `truncatedFile`.
  mutating func run() throws(EngineError) -> PickleValue {
    stack = []
    marks = []
    memo = [:]
    while true {
      let start = bytes.position
      do throws(EngineError) {
        let code = try bytes.byte()
        guard let opcode = PickleOpcode(rawValue: code) else {
          throw malformed("has the byte \(code) where a pickle opcode belongs")
        }
        if opcode == .stop { return try pop() }
        try step(opcode)
      } catch {
        var located = error
        if located.byteOffset == nil { located.byteOffset = start }
        throw located
      }
    }
  }

  private mutating func step(_ opcode: PickleOpcode) throws(EngineError) {
    if try scalar(opcode) { return }
    if try text(opcode) { return }
    if try container(opcode) { return }
    if try remember(opcode) { return }
    try name(opcode)
  }

  // The stack.

  func malformed(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, problem: "its pickle \(problem)", remedy: Self.copyAgain)
  }

  mutating func push(_ value: PickleValue) throws(EngineError) {
    guard stack.count < Self.mostItems else { throw malformed("stacks too many values") }
    stack.append(value)
  }

  mutating func pop() throws(EngineError) -> PickleValue {
    // A value below the last mark belongs to whoever set the mark.
    guard stack.count > (marks.last ?? 0), let value = stack.popLast() else {
      throw malformed("takes more values from its stack than are there")
    }
    return value
  }

  private mutating func popToMark() throws(EngineError) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed("ends a group that never began") }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[mark...])
  }

  private mutating func pop(_ count: Int) throws(EngineError) -> [PickleValue] {
    var values: [PickleValue] = []
    for _ in 0..<count { values.append(try pop()) }
    return values.reversed()
  }

  /// Puts an object into the heap and its reference on the stack.
  mutating func make(
    _ kind: PickleObject.Kind, _ items: [PickleValue] = []
  ) throws(EngineError) {
    guard heap.count < Self.mostObjects else { throw malformed("describes too many objects") }
    try count(items.count)
    heap.append(PickleObject(kind: kind, items: items))
    try push(.object(heap.count - 1))
  }

  private mutating func count(_ items: Int) throws(EngineError) {
    itemCount += items
    guard itemCount <= Self.mostItems else { throw malformed("describes too many values") }
  }

  /// The object that `value` refers to.
  func object(_ value: PickleValue) -> PickleObject? {
    if case .object(let index) = value { return heap[index] }
    return nil
  }

  // Opcodes, by kind; each function tells whether the opcode was one of its own.

  private mutating func scalar(_ opcode: PickleOpcode) throws(EngineError) -> Bool {
    switch opcode {
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt: try push(.int(Int(Int32(truncatingIfNeeded: try bytes.unsigned(4)))))
    case .binInt1: try push(.int(Int(try bytes.unsigned(1))))
    case .binInt2: try push(.int(Int(try bytes.unsigned(2))))
    case .long1: try pushLong(try bytes.length(1))
    case .long4: try pushLong(try bytes.length(4))
    case .binFloat: try push(.float(try bytes.float()))
    case .int, .long: try pushDecimal(try bytes.line())
    case .float:
      guard let value = Double(try bytes.line()) else { throw malformed("holds no number") }
      try push(.float(value))
    default: return false
    }
    return true
  }

  private mutating func pushLong(_ length: Int) throws(EngineError) {
    let digits = try bytes.take(length)
    guard length > 8 else {
      let negative = (digits.last ?? 0) & 0x80 != 0
      let value = digits.reversed().reduce(negative ? -1 : 0) { $0 << 8 | Int($1) }
      return try push(.int(value))
    }
    try push(.bigInteger(Array(digits)))
  }

  private mutating func pushDecimal(_ line: String) throws(EngineError) {
    // Protocol 0 writes True as 01, and longs with an L behind them.
    switch line {
    case "01": try push(.bool(true))
    case "00": try push(.bool(false))
    default:
      guard let value = Int(line.hasSuffix("L") ? String(line.dropLast()) : line) else {
        throw malformed("holds an integer that is none, or of more than 64 bits")
      }
      try push(.int(value))
    }
  }

  private mutating func text(_ opcode: PickleOpcode) throws(EngineError) -> Bool {
    switch opcode {
    case .binString, .binUnicode: try pushText(try bytes.length(4))
    case .shortBinString, .shortBinUnicode: try pushText(try bytes.length(1))
    case .binUnicode8: try pushText(try bytes.length(8))
    case .binBytes: try pushBytes(try bytes.length(4))
    case .shortBinBytes: try pushBytes(try bytes.length(1))
    case .binBytes8, .byteArray8: try pushBytes(try bytes.length(8))
    case .unicode: try push(.string(try bytes.line()))
    case .string:
      let line = try bytes.line()
      guard line.count >= 2, let quote = line.first, quote == line.last, "'\"".contains(quote)
      else { throw malformed("holds a text without quotes") }
      try push(.string(String(line.dropFirst().dropLast())))
    default: return false
    }
    return true
  }

  private mutating func pushText(_ length: Int) throws(EngineError) {
    try push(.string(PickleBytes.text(try bytes.take(length))))
  }

  private mutating func pushBytes(_ length: Int) throws(EngineError) {
    try push(.bytes(Array(try bytes.take(length))))
  }

  private mutating func container(_ opcode: PickleOpcode) throws(EngineError) -> Bool {
    switch opcode {
    case .mark: marks.append(stack.count)
    case .pop:
      // Python lets POP remove a mark that nothing follows.
      if stack.count == marks.last { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popToMark()
    case .dup:
      let value = try pop()
      try push(value)
      try push(value)
    case .emptyTuple: try make(.tuple)
    case .tuple: try make(.tuple, try popToMark())
    case .tuple1: try make(.tuple, try pop(1))
    case .tuple2: try make(.tuple, try pop(2))
    case .tuple3: try make(.tuple, try pop(3))
    case .emptyList: try make(.list)
    case .list: try make(.list, try popToMark())
    case .append: try extend(.list, by: try pop(1))
    case .appends: try extend(.list, by: try popToMark())
    case .emptyDict: try make(.dict)
    case .dict:
      let items = try popToMark()
      guard items.count % 2 == 0 else { throw malformed("has a key without a value") }
      try make(.dict, items)
    case .setItem: try extend(.dict, by: try pop(2))
    case .setItems: try extend(.dict, by: try popToMark())
    default: return false
    }
    return true
  }

  private mutating func extend(
    _ kind: PickleObject.Kind, by items: [PickleValue]
  ) throws(EngineError) {
    let target = try pop()
    try push(target)
    guard case .object(let index) = target else { throw malformed("adds values to no container") }
    switch (kind, heap[index].kind) {
    case (.list, .list): break
    case (.dict, .dict) where items.count % 2 == 0: break
    default: throw malformed("adds values to something else than a list or dictionary")
    }
    try count(items.count)
    heap[index].items.append(contentsOf: items)
  }

  private mutating func remember(_ opcode: PickleOpcode) throws(EngineError) -> Bool {
    switch opcode {
    case .proto:
      let version = try bytes.byte()
      guard version <= 5 else { throw malformed("has protocol \(version); 5 is the highest") }
    case .frame: _ = try bytes.length(8)
    case .get: try recall(Int(try bytes.line()))
    case .binGet: try recall(Int(try bytes.unsigned(1)))
    case .longBinGet: try recall(Int(try bytes.unsigned(4)))
    case .put: try keep(Int(try bytes.line()))
    case .binPut: try keep(Int(try bytes.unsigned(1)))
    case .longBinPut: try keep(Int(try bytes.unsigned(4)))
    case .memoize: try keep(memo.count)
    default: return false
    }
    return true
  }

  private mutating func recall(_ index: Int?) throws(EngineError) {
    guard let index, let value = memo[index] else {
      throw malformed("recalls a value that it never kept")
    }
    try push(value)
  }

  private mutating func keep(_ index: Int?) throws(EngineError) {
    guard let index, index >= 0, let value = stack.last else {
      throw malformed("keeps a value that is not there")
    }
    memo[index] = value
  }

  // Names and what is made with them.

  private mutating func name(_ opcode: PickleOpcode) throws(EngineError) {
    switch opcode {
    case .global:
      let module = try bytes.line()
      try pushGlobal(module, try bytes.line())
    case .stackGlobal:
      let names = try pop(2)
      guard let module = names[0].text, let name = names[1].text else {
        throw malformed("names a global by something else than texts")
      }
      try pushGlobal(module, name)
    case .inst:
      let module = try bytes.line()
      let name = try bytes.line()
      let arguments = try popToMark()
      try call(.global(try known(module, name)), arguments)
    case .obj:
      let items = try popToMark()
      guard let callee = items.first else { throw malformed("makes an object of no class") }
      try call(callee, Array(items.dropFirst()))
    case .reduce, .newObj:
      let arguments = try pop()
      guard let object = object(arguments), case .tuple = object.kind else {
        throw malformed("calls something with arguments that are no tuple")
      }
      try call(try pop(), object.items)
    case .build: try build()
    case .binPersID: try loadStorage(try pop())
    case .persID:
      throw Self.refused("a persistent id of protocol 0", of: try bytes.line())
    case .ext1: throw Self.refused("extension", of: "\(try bytes.unsigned(1))")
    case .ext2: throw Self.refused("extension", of: "\(try bytes.unsigned(2))")
    case .ext4: throw Self.refused("extension", of: "\(try bytes.unsigned(4))")
    default: throw Self.refused("opcode", of: "\(opcode)")
    }
  }

  private static func refused(_ kind: String, of what: String) -> EngineError {
    EngineError(
      .unsupported, subject: "\(kind) '\(what.prefix(80))'",
      problem: "is not read: torch.save writes no such thing for weights",
      remedy: "Save the weights alone: torch.save(model.state_dict(), \"weights.pth\")")
  }

  private func known(_ module: String, _ name: String) throws(EngineError) -> PickleGlobal {
    guard let global = PickleGlobal(module: module, name: name) else {
      throw PickleGlobal.refusal(module, name)
    }
    return global
  }

  private mutating func pushGlobal(_ module: String, _ name: String) throws(EngineError) {
    try push(.global(try known(module, name)))
  }

  /// State of an ordered dictionary (its versions of modules) is left out; nothing else has any.
  private mutating func build() throws(EngineError) {
    _ = try pop()
    let target = try pop()
    guard let object = object(target), case .dict = object.kind else {
      throw malformed("gives a state to something that has none")
    }
    try push(target)
  }
}
