import Tensors

/// Applies a function to pairs of elements of two operands that are broadcast to one shape.
enum BinaryMap {
  /// A tensor of `shape`, which must be the operands' broadcast shape; the function's inputs must be
  /// their memory forms.
  static func map<F: BinaryFunction>(
    _ left: Tensor, _ right: Tensor, shape: [Int], _ function: F
  ) -> Tensor {
    let loop = StridedLoop(
      shape: shape,
      strides: [
        Shapes.broadcastStrides(left.shape, to: shape),
        Shapes.broadcastStrides(right.shape, to: shape),
      ])
    return Tensor.building(shape, of: F.Output.self) { target in
      left.withElements(of: F.Left.self) { leftElements in
        right.withElements(of: F.Right.self) { rightElements in
          guard let x = leftElements.baseAddress, let y = rightElements.baseAddress,
            let z = target.baseAddress, !target.isEmpty
          else { return }
          fill(z, x, y, loop: loop, function)
        }
      }
    }
  }

  private static func fill<F: BinaryFunction>(
    _ target: UnsafeMutablePointer<F.Output>, _ left: UnsafePointer<F.Left>,
    _ right: UnsafePointer<F.Right>, loop: StridedLoop, _ function: F
  ) {
    let length = loop.rowLength
    let (leftStep, rightStep) = (loop.rowStrides[0], loop.rowStrides[1])
    // The three usual kinds of row have loops of their own, which the compiler can vectorise.
    if leftStep == 1, rightStep == 1 {
      loop.forEachRow { row, offsets in
        let (z, x, y) = (target + row * length, left + offsets[0], right + offsets[1])
        for index in 0..<length { z[index] = function.apply(x[index], y[index]) }
      }
    } else if leftStep == 1, rightStep == 0 {
      loop.forEachRow { row, offsets in
        let (z, x, y) = (target + row * length, left + offsets[0], right[offsets[1]])
        for index in 0..<length { z[index] = function.apply(x[index], y) }
      }
    } else if leftStep == 0, rightStep == 1 {
      loop.forEachRow { row, offsets in
        let (z, x, y) = (target + row * length, left[offsets[0]], right + offsets[1])
        for index in 0..<length { z[index] = function.apply(x, y[index]) }
      }
    } else {
      loop.forEachRow { row, offsets in
        let (z, x, y) = (target + row * length, left + offsets[0], right + offsets[1])
        for index in 0..<length {
          z[index] = function.apply(x[index * leftStep], y[index * rightStep])
        }
      }
    }
  }
}
