import Tensors

/// A tensor as the pickle describes it: a checked window on a storage.
struct PyTorchView {
  /// How the codes of a quantized tensor become numbers: (code - zero point) x scale.
  enum Quantization {
    case perTensor(scale: Double, zeroPoint: Int)
    /// One pair for each index of the axis: tensors or lists of the same pickle.
    case perChannel(scales: PickleValue, zeroPoints: PickleValue, axis: Int)
  }

  let storage: PyTorchStorage
  let type: PyTorchType
  /// The first element, in elements of ``type`` from the start of the whole storage.
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  let quantization: Quantization?

  /// Checks a window on a storage.
  ///
  /// - Throws: ``EngineError`` with code `malformedFile` when it reaches beyond the storage, has
  ///   negative lengths, or is too large to count.
  init(
    storage: PyTorchStorage, type: PyTorchType, offset: Int, shape: [Int], strides: [Int],
    quantization: Quantization? = nil
  ) throws(EngineError) {
    let elementSize = type.elementType.byteSize
    guard shape.count == strides.count, shape.count <= 64, offset >= 0,
      let count = ShapeArithmetic.elementCount(shape, of: type.elementType)
    else { throw Self.impossible(shape, strides) }
    // In elements of the tensor's type, which may be larger than the storage's.
    let (bytes, overflow) = storage.count.multipliedReportingOverflow(by: storage.elementSize)
    let (start, tooFar) = offset.addingReportingOverflow(storage.offset)
    guard !overflow, !tooFar, storage.type == nil || storage.elementSize == elementSize else {
      throw Self.impossible(shape, strides)
    }
    if count > 0 {
      var last = offset
      for (length, stride) in zip(shape, strides) {
        guard stride >= 0 else { throw Self.impossible(shape, strides) }
        let (reach, first) = (length - 1).multipliedReportingOverflow(by: stride)
        let (sum, second) = last.addingReportingOverflow(reach)
        guard !first, !second else { throw Self.impossible(shape, strides) }
        last = sum
      }
      guard last < bytes / elementSize else {
        throw EngineError(
          .malformedFile, subject: "tensor of shape \(shape)",
          problem: "needs element \(last) of a storage of \(bytes / elementSize)",
          remedy: PickleMachine.copyAgain)
      }
    }
    self.storage = storage
    self.type = type
    self.offset = start
    self.shape = shape
    self.strides = strides
    self.quantization = quantization
  }

  private static func impossible(_ shape: [Int], _ strides: [Int]) -> EngineError {
    EngineError(
      .malformedFile, subject: "tensor of shape \(shape.prefix(16))",
      problem: "has strides \(strides.prefix(16)) that fit no storage",
      remedy: PickleMachine.copyAgain)
  }

  /// Number of elements.
  var count: Int { shape.reduce(1, *) }

  /// Whether the elements lie one behind the other in row-major order.
  var isContiguous: Bool {
    var expected = 1
    for (length, stride) in zip(shape, strides).reversed() where length != 1 {
      guard stride == expected else { return count == 0 }
      expected *= length
    }
    return true
  }
}
