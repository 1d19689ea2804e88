import Tensors

/// Runs one oneDNN primitive into fresh memory, or into that of a value that nobody else needs.
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

  /// Memory that the result may be written to.
  enum Target: Sendable {
    /// Fresh memory.
    case fresh
    /// That of the first input, which has the result's layout; fresh memory when somebody else needs
    /// the input.
    case firstInput
    /// That of a value that the primitive adds to its result; a copy of it when somebody else needs
    /// it.
    case sum(Source)
  }

  private let primitive: Primitive
  private let inputs: [Input]
  private let result: Result
  private let target: Target
  private let arguments: [Int32]
  private let handles: [OpaquePointer?]

  init(_ primitive: Primitive, inputs: [Input], result: Result, target: Target) {
    self.primitive = primitive
    self.inputs = inputs
    self.result = result
    self.target = target
    arguments = inputs.map { Int32($0.argument) } + [17]
    handles = inputs.map(\.layout.handle) + [result.layout.handle]
  }

  var sources: [Source] {
    let read = inputs.map(\.source)
    return if case .sum(let residual) = target { read + [residual] } else { read }
  }
  var results: [Int] { [result.slot] }
  var implementation: String { primitive.implementation }

  func run(_ state: RunState) throws {
    let storage: TensorStorage
    switch target {
    case .sum(let residual):
      let values = try inputs.map { try state.read($0.source) }
      storage = try state.overwritable(residual, byteCount: result.layout.byteCount)
      try execute(values, into: storage.writable)
    case .firstInput:
      let others = try inputs.dropFirst().map { try state.read($0.source) }
      if let own = try state.exclusive(inputs[0].source) {
        storage = own
        let first = RunValue(storage: own, shape: [], layout: nil)
        try execute([first] + others, into: own.writable)
      } else {
        storage = try fresh(state, [state.read(inputs[0].source)] + others)
      }
    case .fresh: storage = try fresh(state, inputs.map { try state.read($0.source) })
    }
    state.values[result.slot] = RunValue(
      storage: storage, shape: result.shape, layout: result.valueLayout)
  }

  private func fresh(_ state: RunState, _ values: [RunValue]) throws -> TensorStorage {
    try state.services.pool.storage(byteCount: result.layout.byteCount) { memory in
      try execute(values, into: memory)
    }
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

extension TensorStorage {
  /// For memory that the present step holds alone.
  fileprivate var writable: UnsafeMutableRawPointer? {
    withBytes { $0.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } }
  }
}
