import Tensors

/// Encodes the shape, type and data of a `TensorProto`.
enum ONNXTensorEncoder {
  /// Elements packed at a time; a multiple of every packing.
  private static let packedRun = 1 << 16

  static func tensor(_ tensor: Tensor, _ encoder: inout ProtobufEncoder) {
    for length in tensor.shape { encoder.integer(1, length) }
    encoder.integer(2, tensor.type.onnxCode)
    if tensor.type == .string {
      for value in tensor.strings { encoder.string(6, value) }
      return
    }
    let stored = ShapeArithmetic.storedBytes(tensor.count, of: tensor.type)
    encoder.tag(9, wire: 2)
    encoder.varint(UInt64(stored))
    encoder.bytes(count: stored) { sink in
      tensor.withBytes { bytes in
        guard tensor.type.storedBits < 8 else { return sink(bytes) }
        for start in stride(from: 0, to: bytes.count, by: packedRun) {
          let run = bytes[start..<min(start + packedRun, bytes.count)]
          PackedIntegers.pack(UnsafeRawBufferPointer(rebasing: run), type: tensor.type)
            .withUnsafeBytes { sink($0) }
        }
      }
    }
  }
}
