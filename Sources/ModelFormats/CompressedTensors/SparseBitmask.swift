import Tensors

/// Weights with many zeros as their non-zero values and one bit for each place: the `sparse-bitmask`
/// form of compressed-tensors 0.3 to 0.14 (compressors/sparse_compressors/sparse_bitmask.py).
public struct SparseBitmask {
  /// The parts of one weight, made when they are first read: `shape`, `compressed`, `bitmask` and
  /// `row_offsets`.
  ///
  /// Bits lie along the last axis, the first in the lowest bit, each row in bytes of its own; a row
  /// offset counts the values before the row along axis 0.
  ///
  /// - Parameters:
  ///   - weights: Float32 of any rank from 1 on.
  ///   - nonzeros: How many are not zero.
  public static func parts(
    of weights: Tensor, nonzeros: Int
  ) -> [(name: String, tensor: Tensor)] {
    let shape = weights.shape
    let last = shape[shape.count - 1]
    let rowShape = Array(shape.dropLast())
    let rows = rowShape.reduce(1, *)
    let compressed = TensorStorage(onDemand: nonzeros * 4) { target in
      var place = 0
      weights.forEachBlock { values, _ in
        for value in values where value != 0 && place < nonzeros {
          target.storeBytes(of: value, toByteOffset: place * 4, as: Float.self)
          place += 1
        }
      }
    }
    let bitmask = TensorStorage(onDemand: rows * ((last + 7) / 8)) { target in
      mark(weights, last, into: target) { $0 != 0 }
    }
    return [
      ("shape", Tensor([shape.count], shape.map { Int64($0) })),
      ("compressed", Tensor(type: .float32, shape: [nonzeros], storage: compressed)),
      ("bitmask", Tensor(type: .uint8, shape: rowShape + [(last + 7) / 8], storage: bitmask)),
      (
        "row_offsets",
        Tensor(
          type: .int64, shape: rowShape,
          storage: TensorStorage(onDemand: rows * 8) { target in
            offsets(weights, rowShape, last, into: target)
          })
      ),
    ]
  }

  /// Sets a bit for each weight that `isKept`, row by row.
  static func mark(
    _ weights: Tensor, _ last: Int, into target: UnsafeMutableRawBufferPointer,
    _ isKept: (Float) -> Bool
  ) {
    target.initializeMemory(as: UInt8.self, repeating: 0)
    let bytes = (last + 7) / 8
    weights.forEachBlock { values, first in
      for index in values.indices where isKept(values[index]) {
        let (row, column) = ((first + index) / last, (first + index) % last)
        target[row * bytes + column / 8] |= 1 << UInt8(column % 8)
      }
    }
  }

  private static func offsets(
    _ weights: Tensor, _ rowShape: [Int], _ last: Int,
    into target: UnsafeMutableRawBufferPointer
  ) {
    var counts = [Int64](repeating: 0, count: rowShape.reduce(1, *))
    weights.forEachBlock { values, first in
      for index in values.indices where values[index] != 0 { counts[(first + index) / last] += 1 }
    }
    // torch.cumsum along axis 0 minus the row's own count.
    let inner = rowShape.dropFirst().reduce(1, *)
    var sums = [Int64](repeating: 0, count: inner)
    for (row, count) in counts.enumerated() {
      target.storeBytes(of: sums[row % inner], toByteOffset: row * 8, as: Int64.self)
      sums[row % inner] += count
    }
  }

  /// The weights that values and bits stand for.
  ///
  /// - Throws: ``EngineError`` with code `malformedFile` when they do not fit each other.
  public static func weights(
    shape: [Int], compressed: Tensor, bitmask: Tensor
  ) throws(EngineError) -> Tensor {
    let bytes = (shape.last.map { ($0 + 7) / 8 }) ?? 0
    let bits = bitmask.type == .uint8 ? bitmask.array(of: UInt8.self) : []
    let values = compressed.floats
    let last = shape.last ?? 0
    let count = shape.reduce(1, *)
    let kept = bits.reduce(0) { $0 + $1.nonzeroBitCount }
    guard last > 0, bits.count == count / last * bytes, kept == values.count else {
      throw EngineError(
        .malformedFile, problem: "has \(values.count) values for \(kept) bits of shape \(shape)",
        remedy: "Copy, download or save the file again")
    }
    var place = 0
    return Tensor.building(shape, of: Float.self) { target in
      for index in 0..<count {
        let (row, column) = (index / last, index % last)
        let isKept = bits[row * bytes + column / 8] >> UInt8(column % 8) & 1 != 0
        target[index] = isKept && place < values.count ? values[place] : 0
        if isKept { place += 1 }
      }
    }
  }
}
