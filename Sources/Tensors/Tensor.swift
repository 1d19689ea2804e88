/// An immutable, dense, row-major array of one element type.
///
/// A tensor is a view: shape, type and offset over shared ``TensorStorage``. It is not for
/// arithmetic; operators build new tensors from the elements of others.
///
/// ```swift
/// let weights = Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float])
/// let sum = weights.withElements(of: Float.self) { $0.reduce(0, +) }
/// ```
public struct Tensor: Sendable {
  /// The type of the elements.
  public let type: ElementType
  /// Lengths of the axes, outermost first; empty for a scalar.
  public let shape: [Int]
  /// The bytes, shared.
  public let storage: TensorStorage
  /// Where the first element lies in the storage; not necessarily aligned.
  public let byteOffset: Int

  /// Number of elements.
  public var count: Int { shape.reduce(1, *) }
  /// Bytes in memory.
  public var byteCount: Int { count * type.byteSize }
  /// Number of axes.
  public var rank: Int { shape.count }

  /// A view of `storage` from `byteOffset` on, which must hold the elements.
  public init(type: ElementType, shape: [Int], storage: TensorStorage, byteOffset: Int = 0) {
    self.type = type
    self.shape = shape
    self.storage = storage
    self.byteOffset = byteOffset
    let needed = shape.reduce(1, *)
    precondition(
      type == .string
        ? storage.strings.count >= needed
        : byteOffset >= 0 && byteOffset + needed * type.byteSize <= storage.byteCount,
      "storage is smaller than shape \(shape) of \(type)")
  }

  /// Allocates the bytes and lets `body` fill all of them.
  public init(
    type: ElementType, shape: [Int],
    initializing body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let storage = try TensorStorage(
      byteCount: shape.reduce(1, *) * type.byteSize, initializing: body)
    self.init(type: type, shape: shape, storage: storage)
  }

  /// A tensor of the given values, row-major; their number must fit `shape`.
  public init<S: TensorScalar>(_ shape: [Int], _ values: [S]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for shape \(shape)")
    self.init(type: S.elementType, shape: shape) { bytes in
      values.withUnsafeBytes { bytes.copyMemory(from: $0) }
    }
  }

  /// A scalar: rank 0.
  public init<S: TensorScalar>(scalar value: S) { self.init([], [value]) }

  /// A string tensor.
  public init(_ shape: [Int], strings: [String]) {
    self.init(type: .string, shape: shape, storage: TensorStorage(strings: strings))
  }

  /// Allocates a tensor of `S` and lets `body` fill it through a typed pointer.
  public static func building<S: TensorScalar>(
    _ shape: [Int], of type: S.Type = S.self,
    _ body: (UnsafeMutableBufferPointer<S>) throws -> Void
  ) rethrows -> Tensor {
    try Tensor(type: S.elementType, shape: shape) { bytes in
      try body(bytes.bindMemory(to: S.self))
    }
  }

  /// A tensor of one repeated value.
  public static func filled<S: TensorScalar>(_ shape: [Int], with value: S) -> Tensor {
    building(shape) { $0.initialize(repeating: value) }
  }

  /// Gives back the memory of elements that lie in a mapped file and were read; they are read again
  /// when touched.
  ///
  /// - Parameter isWhole: Only of pages that hold nothing else; otherwise of those around them, too.
  public func releasePages(isWhole: Bool = true) {
    storage.releasePages(byteOffset..<(byteOffset + byteCount), isWhole: isWhole)
  }

  /// Calls `body` with this tensor's bytes.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    let range = byteOffset..<(byteOffset + byteCount)
    return try storage.withBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// Calls `body` with the elements.
  ///
  /// `S` must be the memory form of ``type`` (``Int8`` for `int4` and
  /// `int2`, ``UInt8`` for `uint4`, `uint2` and the float8 types). Unaligned bytes are copied first.
  public func withElements<S: TensorScalar, R>(
    of type: S.Type = S.self, _ body: (UnsafeBufferPointer<S>) throws -> R
  ) rethrows -> R {
    precondition(
      self.type.memoryType == S.elementType, "\(self.type) elements read as \(S.elementType)")
    return try withBytes { bytes in
      if let base = bytes.baseAddress, Int(bitPattern: base) % MemoryLayout<S>.alignment != 0 {
        return try withUnsafeTemporaryAllocation(of: S.self, capacity: count) { copy in
          UnsafeMutableRawBufferPointer(copy).copyMemory(from: bytes)
          return try body(UnsafeBufferPointer(copy))
        }
      }
      return try body(bytes.bindMemory(to: S.self))
    }
  }

  /// The elements as an array; `S` as in ``withElements(of:_:)``.
  public func array<S: TensorScalar>(of type: S.Type = S.self) -> [S] {
    withElements(of: type) { Array($0) }
  }

  /// The elements of a string tensor; empty for others.
  public var strings: [String] { Array(storage.strings.prefix(type == .string ? count : 0)) }

  /// The same elements under another shape of equal count.
  public func reshaped(_ shape: [Int]) -> Tensor {
    precondition(shape.reduce(1, *) == count, "\(self.shape) reshaped to \(shape)")
    return Tensor(type: type, shape: shape, storage: storage, byteOffset: byteOffset)
  }

  /// The same bytes seen as another type of equal element size (as `int4` from `int8`).
  public func reinterpreted(as type: ElementType) -> Tensor {
    precondition(type.byteSize == self.type.byteSize, "\(self.type) seen as \(type)")
    return Tensor(type: type, shape: shape, storage: storage, byteOffset: byteOffset)
  }
}

extension ElementType {
  /// The type whose Swift form holds the elements in memory: `int8` for `int4`, and so on.
  public var memoryType: ElementType {
    switch self {
    case .int4, .int2: .int8
    case .uint4, .uint2, .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz: .uint8
    default: self
    }
  }
}
