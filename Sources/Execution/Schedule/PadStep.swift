import Tensors

/// Surrounds a dense value with a constant: fills the result, then copies the value into its middle.
struct PadStep: Step {
  let source: Source
  let result: Int
  let shape: [Int]
  /// nil for plain values.
  let layout: DataLayout?
  let value: Float
  /// The copy, from the value's layout into strided memory of the result.
  let reorder: Primitive
  let sourceLayout: DataLayout
  let targetLayout: DataLayout
  /// Where the value starts in the result, in elements.
  let offset: Int

  var sources: [Source] { [source] }
  var results: [Int] { [result] }
  var implementation: String { "pad" }

  func run(_ state: RunState) throws {
    let input = try state.read(source)
    let count = shape.reduce(1, *)
    let format = targetLayout.format
    let storage = try state.services.pool.storage(byteCount: count * format.byteSize) { memory in
      switch format {
      case .float32: memory.initializeMemory(as: Float.self, repeating: value, count: count)
      case .bfloat16:
        memory.initializeMemory(
          as: UInt16.self, repeating: BFloat16(value).bitPattern, count: count)
      }
      let data = [input.pointer, memory + offset * format.byteSize]
      try withExtendedLifetime(input.storage) {
        try reorder.execute(
          arguments: [1, 17], layouts: [sourceLayout.handle, targetLayout.handle], data: data)
      }
    }
    state.values[result] = RunValue(storage: storage, shape: shape, layout: layout)
  }
}
