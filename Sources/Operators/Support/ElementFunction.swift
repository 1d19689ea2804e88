import Tensors

// Functions of elements are types rather than closures: a closure that passes through the tensors'
// own functions is called anew for each element, a generic type is compiled into the loop.

/// A function of one element.
protocol UnaryFunction {
  associatedtype Input: TensorScalar
  associatedtype Output: TensorScalar
  func apply(_ x: Input) -> Output
}

/// A function of two elements.
protocol BinaryFunction {
  associatedtype Left: TensorScalar
  associatedtype Right: TensorScalar
  associatedtype Output: TensorScalar
  func apply(_ left: Left, _ right: Right) -> Output
}
