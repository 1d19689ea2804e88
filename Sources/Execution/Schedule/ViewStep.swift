import Tensors

/// Gives a plain value another shape; the bytes are shared.
struct ViewStep: Step {
  let source: Source
  let result: Int
  let shape: [Int]

  var sources: [Source] { [source] }
  var results: [Int] { [result] }
  var implementation: String { "view" }

  func run(_ state: RunState) throws {
    state.values[result] = RunValue(try state.read(source).tensor.reshaped(shape))
  }
}
