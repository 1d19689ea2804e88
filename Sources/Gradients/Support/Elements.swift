import Tensors

/// Loops over the elements of float32 tensors of one shape.
enum Elements {
  /// f(a) of each element.
  static func map(_ a: Tensor, _ body: (Float) -> Float) -> Tensor {
    Tensor.building(a.shape, of: Float.self) { result in
      a.withElements(of: Float.self) { a in
        for index in a.indices { result[index] = body(a[index]) }
      }
    }
  }

  /// f(a, b) of each pair.
  static func map(_ a: Tensor, _ b: Tensor, _ body: (Float, Float) -> Float) -> Tensor {
    precondition(a.count == b.count, "\(a.shape) and \(b.shape)")
    return Tensor.building(a.shape, of: Float.self) { result in
      a.withElements(of: Float.self) { a in
        b.withElements(of: Float.self) { b in
          for index in a.indices { result[index] = body(a[index], b[index]) }
        }
      }
    }
  }

  /// f(a, b, c) of each triple.
  static func map(
    _ a: Tensor, _ b: Tensor, _ c: Tensor, _ body: (Float, Float, Float) -> Float
  ) -> Tensor {
    precondition(a.count == b.count && a.count == c.count, "\(a.shape), \(b.shape), \(c.shape)")
    return Tensor.building(a.shape, of: Float.self) { result in
      a.withElements(of: Float.self) { a in
        b.withElements(of: Float.self) { b in
          c.withElements(of: Float.self) { c in
            for index in a.indices { result[index] = body(a[index], b[index], c[index]) }
          }
        }
      }
    }
  }

  /// The sum of two tensors of one shape.
  static func sum(_ a: Tensor, _ b: Tensor) -> Tensor { map(a, b, +) }
}
