import Tensors

/// Applies a function to every element.
enum UnaryMap {
  /// A tensor of the same shape; the function's input must be the memory form of the elements.
  static func map<F: UnaryFunction>(_ input: Tensor, _ function: F) -> Tensor {
    Tensor.building(input.shape, of: F.Output.self) { target in
      input.withElements(of: F.Input.self) { source in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        for index in 0..<min(source.count, target.count) {
          to[index] = function.apply(from[index])
        }
      }
    }
  }

  /// The same by a closure, for where speed does not matter.
  static func map<S: TensorScalar, T: TensorScalar>(_ input: Tensor, _ body: (S) -> T) -> Tensor {
    Tensor.building(input.shape, of: T.self) { target in
      input.withElements(of: S.self) { source in
        for index in 0..<min(source.count, target.count) { target[index] = body(source[index]) }
      }
    }
  }
}
