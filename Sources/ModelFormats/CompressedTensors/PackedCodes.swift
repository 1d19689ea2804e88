import Tensors

/// Codes of a matrix packed into 32-bit words, as compressed-tensors stores them under
/// `weight_packed` (compressors/pack_quantized/helpers.py, `pack_to_int32`).
///
/// Signed codes get 2^(b-1) added; the first code of a row lies in the lowest bits; a row begins with a
/// word of its own, ceil(columns x b / 32) words long. With 4 and 8 bits no code crosses a word, so
/// that all versions of the package agree.
public struct PackedCodes {
  /// The packed matrix, `int32` [rows, words]; made when it is first read.
  ///
  /// - Parameters:
  ///   - codes: `int8` codes within b bits, or `uint8` codes that are unsigned already; two axes.
  ///   - bits: 4 or 8.
  public static func pack(_ codes: Tensor, bits: Int) -> Tensor {
    precondition([4, 8].contains(bits) && codes.rank == 2, "\(bits) bits, shape \(codes.shape)")
    let (rows, columns) = (codes.shape[0], codes.shape[1])
    let perWord = 32 / bits
    let words = (columns + perWord - 1) / perWord
    let offset: UInt32 = codes.type.memoryType == .int8 ? 1 << (bits - 1) : 0
    let mask: UInt32 = (1 << bits) - 1
    let storage = TensorStorage(onDemand: rows * words * 4) { target in
      codes.withBytes { source in
        for row in 0..<rows {
          for word in 0..<words {
            var value: UInt32 = 0
            for place in 0..<min(perWord, columns - word * perWord) {
              let byte = source[row * columns + word * perWord + place]
              let code = UInt32(truncatingIfNeeded: Int8(bitPattern: byte)) &+ offset
              value |= (code & mask) << UInt32(place * bits)
            }
            target.storeBytes(of: value, toByteOffset: (row * words + word) * 4, as: UInt32.self)
          }
        }
      }
    }
    return Tensor(type: .int32, shape: [rows, words], storage: storage)
  }

  /// The unsigned codes of a packed matrix, row by row; missing words give zeros.
  public static func unpack(_ packed: Tensor, bits: Int, rows: Int, columns: Int) -> [UInt8] {
    let words = packed.shape.last ?? 0
    let values = packed.array(of: Int32.self)
    let perWord = 32 / bits
    var codes = [UInt8](repeating: 0, count: rows * columns)
    for row in 0..<rows {
      for column in 0..<columns {
        let place = row * words + column / perWord
        guard column / perWord < words, values.indices.contains(place) else { continue }
        let word = UInt32(bitPattern: values[place]) >> UInt32(column % perWord * bits)
        codes[row * columns + column] = UInt8(truncatingIfNeeded: word & ((1 << bits) - 1))
      }
    }
    return codes
  }
}
