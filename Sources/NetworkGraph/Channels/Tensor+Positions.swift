import Tensors

extension Tensor {
  /// The tensor with some positions of some axes only, made when its bytes are first asked for.
  ///
  /// - Parameter positions: The positions that stay, by axis.
  func selecting(_ positions: [Int: [Int]]) -> Tensor {
    var shape = shape
    for (axis, places) in positions { shape[axis] = places.count }
    let bytes = shape.reduce(1, *) * type.byteSize
    let source = self
    let storage = TensorStorage(onDemand: bytes) { target in
      var result = source
      // Each axis by itself: there are one or two.
      for (axis, places) in positions.sorted(by: { $0.key < $1.key }) {
        result = result.picking(places, axis: axis)
      }
      result.withBytes { target.copyMemory(from: $0) }
    }
    return Tensor(type: type, shape: shape, storage: storage)
  }

  /// The tensor with 0 at some positions of some axes, made when its bytes are first asked for.
  func zeroing(_ positions: [Int: [Int]]) -> Tensor {
    let source = self
    let storage = TensorStorage(onDemand: byteCount) { target in
      source.withBytes { target.copyMemory(from: $0) }
      for (axis, places) in positions {
        let (outer, inner) = source.blocks(around: axis)
        for row in 0..<outer {
          for place in places {
            let start = (row * source.shape[axis] + place) * inner
            target[start..<(start + inner)].copyBytes(from: repeatElement(0, count: inner))
          }
        }
      }
    }
    return Tensor(type: type, shape: shape, storage: storage)
  }

  private func picking(_ places: [Int], axis: Int) -> Tensor {
    var shape = shape
    shape[axis] = places.count
    let (outer, inner) = blocks(around: axis)
    return Tensor(type: type, shape: shape) { target in
      withBytes { source in
        var end = 0
        for row in 0..<outer {
          for place in places {
            let start = (row * self.shape[axis] + place) * inner
            target[end..<(end + inner)].copyBytes(from: source[start..<(start + inner)])
            end += inner
          }
        }
      }
    }
  }

  /// How often the axis occurs, and the bytes below one position of it.
  private func blocks(around axis: Int) -> (outer: Int, inner: Int) {
    (shape[..<axis].reduce(1, *), shape[(axis + 1)...].reduce(type.byteSize, *))
  }
}
