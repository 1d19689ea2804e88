import Tensors

/// Makes tensors out of the windows that a pickle describes.
struct PyTorchTensors {
  /// The bytes of a whole storage, and where in them it begins.
  typealias Bytes = (storage: TensorStorage, byteOffset: Int)

  let heap: [PickleObject]
  /// Bytes that copies of views may still take: hostile files could describe one storage many times.
  private var budget: Int
  private var loaded: [String: Bytes] = [:]
  private let load: (PyTorchStorage) throws(EngineError) -> Bytes

  /// - Parameters:
  ///   - heap: The objects of the pickle.
  ///   - contentBytes: Bytes of the file; copies of views may take a few times as much.
  ///   - load: Gives a storage's bytes, at least as many as it describes, little-endian.
  init(
    heap: [PickleObject], contentBytes: Int,
    load: @escaping (PyTorchStorage) throws(EngineError) -> Bytes
  ) {
    self.heap = heap
    budget = 4 * contentBytes + 64 << 20
    self.load = load
  }

  private mutating func bytes(of storage: PyTorchStorage) throws(EngineError) -> Bytes {
    if let known = loaded[storage.key] { return known }
    let bytes = try load(storage)
    loaded[storage.key] = bytes
    return bytes
  }

  /// The elements of a view, without a copy where they lie in order; codes for quantized tensors.
  mutating func tensor(_ view: PyTorchView) throws(EngineError) -> Tensor {
    let type = view.type.elementType
    let size = type.byteSize
    guard view.count > 0 else { return Tensor(type: type, shape: view.shape) { _ in } }
    let (storage, start) = try bytes(of: view.storage)
    let first = start + view.offset * size
    if view.isContiguous, type != .bool {
      guard first >= 0, view.count * size <= storage.byteCount - first else { throw beyond(view) }
      return Tensor(type: type, shape: view.shape, storage: storage, byteOffset: first)
    }
    let reach = zip(view.shape, view.strides).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
    guard first >= 0, (reach + 1) * size <= storage.byteCount - first else { throw beyond(view) }
    try spend(view.count * size)
    return Tensor(type: type, shape: view.shape) { target in
      storage.withBytes { source in
        Self.copy(view, size, from: source, first, to: target)
        // A Swift Bool must be 0 or 1; files may hold other bytes for true.
        if type == .bool {
          for index in target.indices where target[index] > 1 { target[index] = 1 }
        }
      }
    }
  }

  private mutating func spend(_ bytes: Int) throws(EngineError) {
    guard bytes <= budget else {
      throw EngineError(
        .unsupported,
        problem: "describes far more numbers than it holds (views of the same storage)",
        remedy: "Save contiguous clones of the tensors")
    }
    budget -= bytes
  }

  private func beyond(_ view: PyTorchView) -> EngineError {
    EngineError(
      .malformedFile, subject: "tensor of shape \(view.shape)",
      problem: "reaches beyond its storage '\(view.storage.key.prefix(80))'",
      remedy: PickleMachine.copyAgain)
  }

  /// Copies the elements of a strided view into row-major order.
  private static func copy(
    _ view: PyTorchView, _ size: Int, from source: UnsafeRawBufferPointer, _ first: Int,
    to target: UnsafeMutableRawBufferPointer
  ) {
    var index = [Int](repeating: 0, count: view.shape.count)
    var place = first
    for number in 0..<view.count {
      for byte in 0..<size { target[number * size + byte] = source[place + byte] }
      var axis = view.shape.count - 1
      while axis >= 0 {
        index[axis] += 1
        place += view.strides[axis] * size
        if index[axis] < view.shape[axis] { break }
        place -= view.strides[axis] * size * view.shape[axis]
        index[axis] = 0
        axis -= 1
      }
    }
  }

  /// The numbers that a quantized view stands for: (code - zero point) x scale, rounded once to
  /// float32, as `torch.Tensor.dequantize` computes them.
  mutating func dequantized(
    _ view: PyTorchView, codes: Tensor
  ) throws(EngineError) -> Tensor? {
    guard let quantization = view.quantization else { return nil }
    let scales: [Double]
    let zeros: [Int]
    var axis = 0
    switch quantization {
    case .perTensor(let scale, let zeroPoint):
      // One scale is a float32 in PyTorch's code, those of channels are float64.
      (scales, zeros) = ([Double(Float(scale))], [zeroPoint])
    case .perChannel(let values, let points, let place):
      scales = try numbers(values)
      zeros = try numbers(points).map { Int(Int32(clamping: Int64.converting($0))) }
      axis = place
      guard view.shape.indices.contains(axis), scales.count == view.shape[axis],
        zeros.count == scales.count
      else {
        throw EngineError(
          .malformedFile, subject: "quantized tensor of shape \(view.shape)",
          problem: "has \(scales.count) scales and \(zeros.count) zero points on axis \(axis)",
          remedy: PickleMachine.copyAgain)
      }
    }
    let inner = view.shape.dropFirst(axis + 1).reduce(1, *)
    try spend(view.count * 4)
    return Tensor.building(view.shape, of: Float.self) { target in
      for (number, code) in codes.integers.enumerated() {
        let channel = scales.count == 1 ? 0 : number / inner % scales.count
        target[number] = Float(Double(code &- zeros[channel]) * scales[channel])
      }
    }
  }

  /// Numbers of a list or of a tensor with one axis.
  private mutating func numbers(_ value: PickleValue) throws(EngineError) -> [Double] {
    guard case .object(let index) = value else { return [] }
    switch heap[index].kind {
    case .tensor(let view):
      // Each has as many as its axis; more would be spent for nothing.
      try spend(view.count * 8)
      return try tensor(view).doubles
    case .list, .tuple:
      return heap[index].items.map { item in
        if case .float(let number) = item { return number }
        return Double(item.integer ?? 0)
      }
    default: return []
    }
  }
}
