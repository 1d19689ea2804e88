import Tensors

/// Runs one oneDNN primitive into fresh memory, or into that of a value that it adds and that nobody
/// else needs.
final class PrimitiveStep: Step, @unchecked Sendable {
  // @unchecked: nothing changes after init; the handles live as long as their layouts.

  /// An argument of the primitive: where it is and how its bytes are seen.
  struct Input: Sendable {
    let argument: Int
    let source: Source
    let layout: DataLayout
    var byteOffset = 0
  }

  /// The result: its slot, and how the primitive writes it.
  struct Result: Sendable {
    let slot: Int
    let layout: DataLayout
    let shape: [Int]
    /// The layout that the value is known by; nil when it is plain.
    let valueLayout: DataLayout?
  }

  private let primitive: Primitive
  private let inputs: [Input]
  private let result: Result
  /// The value that the primitive adds to its result, in the result's layout.
  private let accumulator: Source?
  private let arguments: [Int32]
  private let handles: [OpaquePointer?]

  init(_ primitive: Primitive, inputs: [Input], result: Result, accumulator: Source? = nil) {
    self.primitive = primitive
    self.inputs = inputs
    self.result = result
    self.accumulator = accumulator
    arguments = inputs.map { Int32($0.argument) } + [17]
    handles = inputs.map(\.layout.handle) + [result.layout.handle]
  }

  var sources: [Source] { inputs.map(\.source) + (accumulator.map { [$0] } ?? []) }
  var results: [Int] { [result.slot] }
  var implementation: String { primitive.implementation }

  func run(_ state: RunState) throws {
    let values = try inputs.map { try state.read($0.source) }
    let storage: TensorStorage
    if let accumulator {
      storage = try state.overwritable(accumulator, byteCount: result.layout.byteCount)
      try execute(values, into: RunValue(storage: storage, shape: [], layout: nil).pointer)
    } else {
      storage = try state.services.pool.storage(byteCount: result.layout.byteCount) { memory in
        try execute(values, into: memory)
      }
    }
    state.values[result.slot] = RunValue(
      storage: storage, shape: result.shape, layout: result.valueLayout)
  }

  private func execute(_ values: [RunValue], into memory: UnsafeMutableRawPointer?) throws {
    try withExtendedLifetime(values) {
      try withUnsafeTemporaryAllocation(
        of: UnsafeMutableRawPointer?.self, capacity: values.count + 1
      ) { data in
        for index in values.indices {
          data[index] = values[index].pointer.map { $0 + inputs[index].byteOffset }
        }
        data[values.count] = memory
        guard let start = data.baseAddress else { return }
        try primitive.execute(arguments: arguments, layouts: handles, data: start)
      }
    }
  }
}
