import Tensors

/// The pickle of a state dictionary, and the storages that its tensors refer to by number.
struct StateDictPickle {
  private(set) var writer = PickleWriter()
  private(set) var storages: [Tensor] = []
  /// Whether numbers that the pickle itself holds are read; otherwise zeros of equal length stand
  /// for them.
  let readsValues: Bool

  init(readsValues: Bool) { self.readsValues = readsValues }

  /// `OrderedDict` with the entries, and `_metadata` as its state where modules need it.
  mutating func write(_ state: PyTorchStateDict) throws(EngineError) {
    writer.orderedDict()
    writer.op(.mark)
    for (name, value) in state.entries {
      writer.text(name)
      do throws(EngineError) { try write(value) } catch { throw error.about("tensor '\(name)'") }
    }
    writer.op(.setItems)
    if !state.versions.isEmpty {
      writer.op(.emptyDict)
      writer.text("_metadata")
      writer.orderedDict()
      writer.op(.mark)
      for (module, version) in state.versions {
        writer.text(module)
        writer.op(.emptyDict)
        writer.repeatedText("version")
        writer.int(version)
        writer.op(.setItem)
      }
      writer.op(.setItems)
      writer.op(.setItem)
      writer.op(.build)
    }
    writer.op(.stop)
  }

  private mutating func write(_ value: PyTorchStateDict.Value) throws(EngineError) {
    switch value {
    case .tensor(let tensor): try write(tensor)
    case .qint8: writer.global("torch", "qint8")
    case .packed(let weight, let bias):
      try write(weight)
      if let bias { try write(bias) } else { writer.op(.none) }
      writer.op(.tuple2)
    }
  }

  private mutating func write(_ tensor: Tensor) throws(EngineError) {
    guard let type = PyTorchType(tensor.type) else {
      throw EngineError(
        .unsupported, problem: "has type \(tensor.type), which PyTorch has no tensors of",
        remedy: "Write the model as ONNX")
    }
    let isNew = type.storageName == nil
    writer.global("torch._utils", isNew ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2")
    writer.op(.mark)
    begin(tensor, type)
    if isNew { writer.global("torch", type.rawValue) }
    writer.op(.tuple)
    writer.op(.reduce)
  }

  private mutating func write(_ quantized: PyTorchQuantized) throws(EngineError) {
    writer.global("torch._utils", "_rebuild_qtensor")
    writer.op(.mark)
    place(quantized.codes, .qint8)
    writer.op(.mark)
    if let axis = quantized.axis {
      writer.global("torch", "per_channel_affine")
      // PyTorch keeps them as float64 and int64.
      let (scales, count) = (quantized.scales, quantized.scales.count)
      try write(
        Tensor(
          type: .float64, shape: [count],
          storage: TensorStorage(onDemand: count * 8) { memory in
            for (index, scale) in scales.floats.enumerated() {
              memory.storeBytes(of: Double(scale), toByteOffset: index * 8, as: Double.self)
            }
          }))
      try write(Tensor.filled([count], with: Int64(0)))
      writer.int(axis)
    } else {
      writer.global("torch", "per_tensor_affine")
      writer.float(readsValues ? quantized.scales.doubles.first ?? 1 : 0)
      writer.int(0)
    }
    writer.op(.tuple)
    end()
    writer.op(.tuple)
    writer.op(.reduce)
  }

  /// Storage, offset, size, strides, and what follows them in every plain tensor.
  private mutating func begin(_ tensor: Tensor, _ type: PyTorchType) {
    place(tensor, type)
    end()
  }

  private mutating func place(_ tensor: Tensor, _ type: PyTorchType) {
    writer.op(.mark)
    writer.repeatedText("storage")
    if let name = type.storageName {
      writer.global("torch", name)
    } else {
      writer.global("torch.storage", "UntypedStorage")
    }
    writer.text("\(storages.count)")
    writer.repeatedText("cpu")
    writer.int(type.storageName == nil ? tensor.byteCount : tensor.count)
    writer.op(.tuple)
    writer.op(.binPersID)
    storages.append(tensor)
    writer.int(0)
    writer.tuple(tensor.shape)
    writer.tuple(Self.strides(tensor.shape))
  }

  /// No gradient, no hooks.
  private mutating func end() {
    writer.op(.newFalse)
    writer.orderedDict()
  }

  /// Row-major strides in elements; axes of length 0 count as 1, as in PyTorch.
  private static func strides(_ shape: [Int]) -> [Int] {
    var strides: [Int] = []
    var step = 1
    for length in shape.reversed() {
      strides.append(step)
      step *= max(length, 1)
    }
    return strides.reversed()
  }
}
