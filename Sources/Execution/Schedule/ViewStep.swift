import Tensors

/// Gives a dense value another shape; the bytes are shared.
struct ViewStep: Step {
  let source: Source
  let result: Int
  let shape: [Int]
  /// nil for plain values.
  let layout: DataLayout?

  var sources: [Source] { [source] }
  var results: [Int] { [result] }
  var implementation: String { "view" }

  func run(_ state: RunState) throws {
    state.values[result] = try state.read(source).reshaped(shape, layout)
  }
}
