import Tensors

/// Reads a `SparseTensorProto` initializer as the dense tensor it stands for.
struct ONNXSparseTensor {
  let tensors: ONNXTensorParser

  func tensor(_ range: Range<Int>) throws(EngineError) -> (name: String, tensor: Tensor) {
    var values: (name: String, tensor: Tensor, preserved: [UInt8])?
    var indices: Tensor?
    var dims: [UInt64] = []
    var reader = ProtobufReader(tensors.bytes, range)
    while let field = try reader.next() {
      switch field.number {
      case 1: values = try tensors.tensor(field.bytesRange())
      case 2: indices = try tensors.tensor(field.bytesRange()).tensor
      case 3: try reader.append(field, to: &dims)
      default: break
      }
    }
    guard let values, let indices else { throw malformed(range, "lacks its values or indices") }
    do throws(EngineError) {
      let shape = dims.map { Int(Int64(bitPattern: $0)) }
      return (values.name, try dense(values.tensor, indices, shape, range))
    } catch {
      throw error.within("sparse tensor '\(values.name)'")
    }
  }

  private func dense(
    _ values: Tensor, _ indices: Tensor, _ shape: [Int], _ range: Range<Int>
  ) throws(EngineError) -> Tensor {
    let size = values.type.byteSize
    guard let count = ShapeArithmetic.elementCount(shape, of: values.type), size > 0 else {
      throw malformed(range, "has the impossible shape \(shape)")
    }
    // A few bytes must not ask for a terabyte.
    guard count * size <= max(1 << 20, 1024 * range.count) else {
      throw malformed(range, "unfolds \(range.count) bytes to \(count * size)")
    }
    let entries = values.count
    let isLinear = indices.rank == 1
    guard values.rank == 1, indices.type == .int64,
      indices.shape == (isLinear ? [entries] : [entries, shape.count])
    else { throw malformed(range, "has indices that do not fit its values") }
    let coordinates = indices.array(of: Int64.self)
    var positions: [Int] = []
    for entry in 0..<entries {
      var position = 0
      let axes = isLinear ? [count] : shape
      for (axis, length) in axes.enumerated() {
        guard let index = Int(exactly: coordinates[entry * axes.count + axis]),
          index >= 0, index < length
        else { throw malformed(range, "has an index outside its shape \(shape)") }
        position = position * length + index
      }
      positions.append(position)
    }
    return Tensor(type: values.type, shape: shape) { memory in
      memory.initializeMemory(as: UInt8.self, repeating: 0)
      values.withBytes { bytes in
        for (entry, position) in positions.enumerated() {
          for byte in 0..<size { memory[position * size + byte] = bytes[entry * size + byte] }
        }
      }
    }
  }

  private func malformed(_ range: Range<Int>, _ problem: String) -> EngineError {
    EngineError(
      .malformedFile, byteOffset: range.lowerBound, problem: problem,
      remedy: ProtobufReader.damagedRemedy)
  }
}
