import Tensors

/// Matrices of which two of four neighbours in a row are zero, as their other halves and one bit for
/// each place: the `sparse-24-bitmask` form of compressed-tensors 0.9 to 0.14
/// (compressors/sparse_compressors/sparse_24_bitmask.py).
public struct SparseTwoOfFour {
  /// Whether a shape can be stored so: two axes, and rows of whole fours.
  public static func canHold(_ shape: [Int]) -> Bool { shape.count == 2 && shape[1] % 4 == 0 }

  /// Whether at most two of each four neighbours are not zero.
  public static func holds(_ weights: Tensor) -> Bool {
    guard canHold(weights.shape) else { return false }
    var isHeld = true
    // Blocks begin at multiples of four.
    weights.forEachBlock { values, _ in
      for start in stride(from: 0, to: values.count, by: 4) where isHeld {
        if values[start..<(start + 4)].count(where: { $0 != 0 }) > 2 { isHeld = false }
      }
    }
    return isHeld
  }

  /// The parts of one matrix, made when they are first read: `shape`, `compressed` and `bitmask`.
  ///
  /// Exactly two of each four are stored: where fewer are not zero, the first zeros with them.
  public static func parts(of weights: Tensor) -> [(name: String, tensor: Tensor)] {
    let (rows, columns) = (weights.shape[0], weights.shape[1])
    let compressed = TensorStorage(onDemand: rows * columns * 2) { target in
      var place = 0
      forEachKept(weights) { value, _ in
        target.storeBytes(of: value, toByteOffset: place * 4, as: Float.self)
        place += 1
      }
    }
    let bytes = (columns + 7) / 8
    let bitmask = TensorStorage(onDemand: rows * bytes) { target in
      target.initializeMemory(as: UInt8.self, repeating: 0)
      forEachKept(weights) { _, index in
        let (row, column) = (index / columns, index % columns)
        target[row * bytes + column / 8] |= 1 << UInt8(column % 8)
      }
    }
    return [
      // A column, as the package writes it.
      ("shape", Tensor([2, 1], [Int64(rows), Int64(columns)])),
      ("compressed", Tensor(type: .float32, shape: [rows, columns / 2], storage: compressed)),
      ("bitmask", Tensor(type: .uint8, shape: [rows, bytes], storage: bitmask)),
    ]
  }

  private static func forEachKept(
    _ weights: Tensor, _ body: (_ value: Float, _ index: Int) -> Void
  ) {
    weights.forEachBlock { values, first in
      for start in stride(from: 0, to: values.count, by: 4) {
        var spare = 2 - values[start..<(start + 4)].count(where: { $0 != 0 })
        for index in start..<(start + 4) {
          let value = values[index]
          if value == 0 {
            guard spare > 0 else { continue }
            spare -= 1
          }
          body(value, first + index)
        }
      }
    }
  }
}
