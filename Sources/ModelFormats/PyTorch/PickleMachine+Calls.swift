import Tensors

extension PickleMachine {
  /// Makes what `callee` stands for out of `arguments`, as torch/_utils.py would.
  mutating func call(_ callee: PickleValue, _ arguments: [PickleValue]) throws(EngineError) {
    guard case .global(let global) = callee else {
      throw malformed("calls something that is no function")
    }
    switch global {
    case .orderedDict: try makeDictionary(arguments)
    case .size:
      let items = arguments.isEmpty ? [] : try self.items(arguments[0])
      try make(.tuple, items)
    case .device: try make(.opaque)
    case .rebuild(let rebuilding): try rebuild(rebuilding, arguments)
    case .storage, .untypedStorage, .dtype, .scheme:
      throw malformed("calls a type that can't be called")
    }
  }

  /// The items of a tuple or list.
  func items(_ value: PickleValue) throws(EngineError) -> [PickleValue] {
    guard let object = object(value) else { throw malformed("has no tuple where one belongs") }
    switch object.kind {
    case .tuple, .list: return object.items
    default: throw malformed("has no tuple where one belongs")
    }
  }

  private func integers(_ value: PickleValue) throws(EngineError) -> [Int] {
    let items = try items(value)
    // A tensor has few axes; a per-channel list of zero points may be long.
    let integers = items.compactMap(\.integer)
    guard integers.count == items.count else {
      throw malformed("has something else than integers in a size")
    }
    return integers
  }

  /// `OrderedDict()`, or with a list of pairs, as Python 2 wrote it.
  private mutating func makeDictionary(_ arguments: [PickleValue]) throws(EngineError) {
    guard let pairs = arguments.first else { return try make(.dict) }
    var flat: [PickleValue] = []
    for pair in try items(pairs) {
      let entry = try items(pair)
      guard entry.count == 2 else { throw malformed("has a dictionary entry that is no pair") }
      flat += entry
    }
    try make(.dict, flat)
  }

  // Tensors.

  private mutating func rebuild(
    _ rebuilding: PickleGlobal.Rebuilding, _ arguments: [PickleValue]
  ) throws(EngineError) {
    if rebuilding == .parameter {
      guard let tensor = arguments.first, case .tensor? = object(tensor)?.kind else {
        throw malformed("has a parameter without a tensor")
      }
      return try push(tensor)
    }
    guard arguments.count >= 4, case .storage(let storage)? = object(arguments[0])?.kind,
      let offset = arguments[1].integer
    else { throw malformed("has a tensor without storage, offset, size and strides") }
    let view = try PyTorchView(
      storage: storage, type: try type(of: storage, rebuilding, arguments), offset: offset,
      shape: try integers(arguments[2]), strides: try integers(arguments[3]),
      quantization: rebuilding == .quantized ? try quantization(arguments) : nil)
    try make(.tensor(view))
  }

  private func type(
    of storage: PyTorchStorage, _ rebuilding: PickleGlobal.Rebuilding, _ arguments: [PickleValue]
  ) throws(EngineError) -> PyTorchType {
    if rebuilding == .tensor3 {
      guard arguments.count >= 7, case .global(.dtype(let type)) = arguments[6] else {
        throw malformed("has a tensor without a dtype")
      }
      return type
    }
    return storage.type ?? .uint8
  }

  private func quantization(
    _ arguments: [PickleValue]
  ) throws(EngineError) -> PyTorchView.Quantization {
    guard arguments.count >= 5 else { throw malformed("has a quantized tensor without scales") }
    let parameters = try items(arguments[4])
    guard case .global(.scheme(let scheme))? = parameters.first else {
      throw EngineError(
        .unsupported,
        problem: "holds a quantized tensor of another scheme than per tensor or channel",
        remedy: "Dequantize it in Python and save it again")
    }
    switch scheme {
    case .perTensor:
      guard parameters.count == 3, let zero = parameters[2].integer else { break }
      switch parameters[1] {
      case .float(let scale): return .perTensor(scale: scale, zeroPoint: zero)
      case .int(let scale): return .perTensor(scale: Double(scale), zeroPoint: zero)
      default: break
      }
    case .perChannel:
      guard parameters.count == 4, let axis = parameters[3].integer else { break }
      return .perChannel(scales: parameters[1], zeroPoints: parameters[2], axis: axis)
    }
    throw malformed("has scales that fit no quantized tensor")
  }

  // Storages.

  /// `("storage", class, key, location, count)`, with a view behind it in the old form.
  mutating func loadStorage(_ id: PickleValue) throws(EngineError) {
    let parts = try items(id)
    guard let kind = parts.first?.text else {
      throw malformed("has a persistent id without a kind")
    }
    guard kind == "storage" else {
      throw EngineError(
        .unsupported, subject: "persistent id '\(kind.prefix(80))'", problem: "is not read",
        remedy: "Save the weights alone: torch.save(model.state_dict(), \"weights.pth\")")
    }
    guard parts.count >= 5, let key = Self.key(parts[2]), let count = parts[4].integer,
      count >= 0, case .global(let global) = parts[1]
    else { throw malformed("has a storage without type, key and length") }
    let type: PyTorchType?
    switch global {
    case .storage(let stored): type = stored
    case .untypedStorage: type = nil
    default: throw malformed("has a storage of no storage class")
    }
    let storage = PyTorchStorage(key: key, type: type, count: count)
    let bytes = count.multipliedReportingOverflow(by: storage.elementSize)
    guard !bytes.overflow else { throw malformed("has a storage too large to count") }
    if let known = storages[key] {
      guard known.count * known.elementSize == bytes.partialValue else {
        throw malformed("gives storage '\(key.prefix(80))' two lengths")
      }
    } else {
      storages[key] = storage
    }
    try make(.storage(parts.count > 5 ? try view(of: storage, parts[5]) : storage))
  }

  private static func key(_ value: PickleValue) -> String? {
    // Versions before 0.4 numbered them.
    value.text ?? value.integer.map { "\($0)" }
  }

  /// `(key, offset, length)` of a storage that is a part of another one.
  private func view(
    of root: PyTorchStorage, _ metadata: PickleValue
  ) throws(EngineError) -> PyTorchStorage {
    if case .none = metadata { return root }
    let parts = try items(metadata)
    guard parts.count == 3, let offset = parts[1].integer, let count = parts[2].integer,
      offset >= 0, count >= 0, root.type != nil, offset <= root.count, count <= root.count - offset
    else { throw malformed("has a view beyond its storage") }
    return PyTorchStorage(viewing: root, offset: offset, count: count)
  }
}
