import Tensors

extension Tensor {
  /// The first `count` rows, without copying.
  func firstRows(_ count: Int) -> Tensor {
    guard rank > 0, count < shape[0], type != .string else { return self }
    return Tensor(
      type: type, shape: [count] + shape.dropFirst(), storage: storage, byteOffset: byteOffset)
  }

  /// The rows at `indices`, which must be in range, copied.
  func rows(_ indices: [Int]) -> Tensor {
    let row = shape.dropFirst().reduce(1, *) * type.byteSize
    return Tensor(type: type, shape: [indices.count] + shape.dropFirst()) { out in
      withBytes { bytes in
        for (position, index) in indices.enumerated() where row > 0 {
          out[(position * row)..<((position + 1) * row)].copyBytes(
            from: bytes[(index * row)..<((index + 1) * row)])
        }
      }
    }
  }

  /// The elements as another numeric type, with C semantics; nil where either type holds no numbers.
  func converted(to target: ElementType) -> Tensor? {
    if type == target { return self }
    guard !type.isNarrow, !target.isNarrow else { return nil }
    return target.withScalarType { wanted -> Tensor? in
      func build<To: TensorScalar>(_: To.Type) -> Tensor? {
        type.withScalarType { present -> Tensor in
          func fill<From: TensorScalar>(_: From.Type) -> Tensor {
            .building(shape, of: To.self) { out in
              withElements(of: From.self) { values in
                for index in 0..<values.count {
                  out[index] = To.converting(values[index].asDouble)
                }
              }
            }
          }
          return fill(present)
        }
      }
      return build(wanted)
    } ?? nil
  }
}

extension ElementType {
  /// Whether the memory form is not the element itself, as for four-bit integers and 8-bit floats.
  fileprivate var isNarrow: Bool { memoryType != self }
}
