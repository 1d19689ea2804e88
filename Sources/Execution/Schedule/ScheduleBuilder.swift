import NetworkGraph
import Operators
import Tensors

/// Collects the steps of a schedule while the graph's nodes are lowered one after the other.
///
/// Used by one thread, then turned into a ``Schedule``.
final class ScheduleBuilder {
  fileprivate struct State {
    var slots: [(name: String, layout: DataLayout?, producer: Int)] = []
    var slotOfName: [String: Int] = [:]
    var shapes: [String: [Int]] = [:]
    var entries: [(position: Int, step: any Step)] = []
    var conversions: [Conversion] = []
    var prepared: [Schedule.Prepared] = []
    var constants: [Schedule.Constant] = []
    var constantOfName: [String: Int] = [:]
    var bakedRoots: Set<String> = []
  }

  /// A point to return to when a lowering fails half-way.
  struct Snapshot { fileprivate let state: State }

  let graph: NetworkGraph
  let interpreter: PlainInterpreter
  let facts: [String: TensorFact]
  let options: FastExecutor.Options
  private let constants: ScheduleConstants
  private let services: RunServices
  private var state = State()
  /// The position that steps get: the last node they stand for.
  var position = -1
  /// How the primitives of the rule that runs now are to see floats.
  var format = FloatFormat.float32

  init(
    graph: NetworkGraph, interpreter: PlainInterpreter, facts: [String: TensorFact],
    services: RunServices, options: FastExecutor.Options, replacing weights: [String: Tensor]
  ) {
    self.options = options
    self.graph = graph
    self.interpreter = interpreter
    self.facts = facts
    self.services = services
    constants = ScheduleConstants(
      graph: graph, table: services.constants, facts: facts, replacing: weights)
    for info in graph.runtimeInputs {
      _ = define(info.name, shape: facts[info.name]?.shape, layout: nil)
    }
  }

  /// The present state, to be restored when a lowering fails.
  var snapshot: Snapshot { Snapshot(state: state) }

  /// Forgets everything since a snapshot.
  func restore(_ snapshot: Snapshot) { state = snapshot.state }

  // Queries.

  /// Whether the value is known before running (replaced weights aside).
  func isConstant(_ name: String) -> Bool { constants.contains(name) }

  /// A constant whose elements decide what a step does; replacing its roots takes another schedule.
  func bakedConstant(_ name: String) throws -> Tensor? {
    guard constants.contains(name) else { return nil }
    state.bakedRoots.formUnion(constants.roots(of: name))
    return try constants.value(name)
  }

  /// The shape of a value of 32-bit floats with at least one element; nil for all others.
  func floatShape(_ name: String) -> [Int]? {
    guard !name.isEmpty else { return nil }
    if let shape = state.shapes[name], facts[name] == nil { return shape }
    guard let fact = facts[name], fact.type == .float32, let shape = fact.shape,
      shape.allSatisfy({ $0 > 0 })
    else { return nil }
    return shape
  }

  /// Whether a run computes the value and keeps it as bf16.
  func isBFloat16(_ name: String) -> Bool {
    state.slotOfName[name].map { state.slots[$0].layout?.format == .bfloat16 } ?? false
  }

  /// The layout that a float value is in, in the present format; dense for constants.
  func layout(of name: String) throws -> DataLayout {
    if let slot = state.slotOfName[name], let own = state.slots[slot].layout,
      let layout = try? own.stored(as: format)
    {
      return layout
    }
    return try dense(floatShape(name) ?? [])
  }

  /// A dense layout in the present format, or the given strides in elements.
  func dense(_ shape: [Int], strides: [Int]? = nil) throws -> DataLayout {
    try DataLayout.plain(shape, strides: strides, format)
  }

  /// What the primitive likes best, in the present format.
  func any(_ shape: [Int]) throws -> DataLayout { try DataLayout.any(shape, format) }

  /// The format for a result of a matrix product or convolution, which is summed in 32 bits: outputs
  /// of the graph keep them.
  func resultFormat(_ name: String) -> FloatFormat {
    graph.outputs.contains { $0.name == name } ? .float32 : format
  }

  /// What can be folded into the convolution at a position.
  func folding(at position: Int) -> ChannelFolding? { services.constants.foldings[position] }

  // Sources.

  /// Where a step finds a value in a given layout.
  ///
  /// - Parameter view: How the plain bytes of the value are to be seen, such as with axes swapped;
  ///   as they are when nil.
  func source(
    _ name: String, view: DataLayout? = nil, as target: DataLayout
  ) throws -> Source {
    if constants.contains(name) {
      let seen =
        try view?.stored(as: .float32) ?? DataLayout.plain(floatShape(name) ?? [])
      return try preparedConstant(name, services.form(view: seen, target: target))
    }
    let slot = try slot(of: name)
    guard let view else {
      let own = try state.slots[slot].layout ?? DataLayout.plain(floatShape(name) ?? [])
      if own == target || (own.isPlain && target.isPlain) { return .slot(slot) }
      return try conversion(slot, .slot(slot), view: own, target: target)
    }
    let dense = try denseSource(name, view.format)
    return view == target ? dense : try conversion(slot, dense, view: view, target: target)
  }

  /// Where a step finds a computed value as a dense array.
  func denseSource(_ name: String, _ format: FloatFormat) throws -> Source {
    if format == .float32 { return try plainSource(name) }
    let slot = try slot(of: name)
    let own = try state.slots[slot].layout ?? DataLayout.plain(floatShape(name) ?? [])
    if own.isDense, own.format == format { return .slot(slot) }
    let target = try DataLayout.plain(floatShape(name) ?? [], format)
    return try conversion(slot, .slot(slot), view: own, target: target)
  }

  /// Where a step finds a value as a plain tensor.
  func plainSource(_ name: String) throws -> Source {
    if constants.contains(name) { return .constant(try constantIndex(name)) }
    let slot = try slot(of: name)
    guard let layout = state.slots[slot].layout else { return .slot(slot) }
    return try conversion(
      slot, .slot(slot), view: layout, target: DataLayout.plain(floatShape(name) ?? []))
  }

  /// Where a step finds the dense elements of a float value in the present format, a constant in
  /// aligned memory.
  func denseFloats(_ name: String) throws -> Source {
    let layout = try dense(floatShape(name) ?? [])
    return try source(name, view: layout, as: layout)
  }

  private func slot(of name: String) throws -> Int {
    guard let slot = state.slotOfName[name] else {
      throw EngineError(
        .malformedFile, problem: "value '\(name)' is missing when it is read",
        remedy: "Export the model again or check it with onnx.checker")
    }
    return slot
  }

  private func conversion(
    _ slot: Int, _ source: Source, view: DataLayout, target: DataLayout
  ) throws -> Source {
    let known = state.conversions.firstIndex { conversion in
      conversion.slot == slot && conversion.view == view && conversion.target == target
        && conversion.source.isSame(as: source)
    }
    if let known { return .conversion(known) }
    let name = state.slots[slot].name
    let shape = target.isPlain ? state.shapes[name] ?? target.shape : target.shape
    state.conversions.append(
      Conversion(
        slot: slot, source: source, view: view, target: target, shape: shape,
        reorder: try Primitive.reorder(view, target)))
    return .conversion(state.conversions.count - 1)
  }

  private func constantIndex(_ name: String) throws -> Int {
    if let index = state.constantOfName[name] { return index }
    state.constants.append(Schedule.Constant(name: name, base: try constants.value(name)))
    state.constantOfName[name] = state.constants.count - 1
    return state.constants.count - 1
  }

  private func preparedConstant(_ name: String, _ form: WeightForm) throws -> Source {
    let constant = try constantIndex(name)
    let known = state.prepared.firstIndex { $0.constant == constant && $0.form === form }
    if let known { return .prepared(known) }
    let base = try services.preparedOwn(form, state.constants[constant].base)
    state.prepared.append(Schedule.Prepared(constant: constant, form: form, base: base))
    return .prepared(state.prepared.count - 1)
  }

  // Steps.

  /// Makes the slot of a value.
  func define(_ name: String, shape: [Int]?, layout: DataLayout?) -> Int {
    state.slots.append((name, layout, position))
    state.slotOfName[name] = state.slots.count - 1
    state.shapes[name] = shape
    return state.slots.count - 1
  }

  /// A name for a value between two steps of one node.
  func temporaryName() -> String { "\u{0}\(state.slots.count)" }

  /// Adds a step.
  func emit(_ step: any Step) { state.entries.append((position, step)) }

  /// Adds a primitive that writes the value `name`.
  ///
  /// - Parameters:
  ///   - layout: How the primitive writes, when that is a view of the plain result.
  ///   - residual: The value that the primitive's sum adds.
  ///   - isReordered: Whether `layout` has the axes of a dense result in another order.
  ///   - overwriting: Whether the primitive may write over its first input.
  func emit(
    _ primitive: Primitive, _ inputs: [PrimitiveStep.Input], to name: String, shape: [Int],
    as layout: DataLayout? = nil, adding residual: String? = nil,
    overwriting: Bool = false, isReordered: Bool = false
  ) throws {
    // A simple bf16 primitive is slower than a good one and two conversions.
    if format == .bfloat16, primitive.isSlow { throw OneDNNError.noSuchPrimitive }
    let written = try layout ?? primitive.layout(17)
    // A dense result may be written as another shape than the value has, or in another order.
    var known = written.isPlain || isReordered ? nil : written
    if written.isDense || isReordered, written.format != .float32 {
      known = try DataLayout.plain(shape, written.format)
    }
    var target = PrimitiveStep.Target.fresh
    if overwriting, inputs[0].byteOffset == 0, inputs[0].layout == written { target = .firstInput }
    if let residual {
      target = .sum(
        written.isDense
          ? try source(residual, view: written, as: written) : try source(residual, as: written))
    }
    let slot = define(name, shape: shape, layout: known)
    emit(
      PrimitiveStep(
        primitive, inputs: inputs,
        result: .init(slot: slot, layout: written, shape: shape, valueLayout: known),
        target: target))
  }

  /// Adds a node as its reference kernel.
  func emitReference(_ node: Node) throws {
    if ScheduleBuilder.shapeDeciding.contains(node.op) || !node.subgraphs.isEmpty {
      for name in node.inputs where constants.contains(name) { _ = try bakedConstant(name) }
    }
    let inputs = try node.inputs.map { $0.isEmpty ? nil : try plainSource($0) }
    var captured: [String: Source] = [:]
    if !node.subgraphs.isEmpty {
      for name in node.allInputs { captured[name] = try plainSource(name) }
    }
    let outputs = node.outputs.map { name in
      name.isEmpty ? nil : define(name, shape: facts[name]?.shape, layout: nil)
    }
    emit(
      ReferenceStep(
        node: node, interpreter: interpreter, inputs: inputs, captured: captured, outputs: outputs))
  }

  /// Operators whose float inputs decide shapes.
  private static let shapeDeciding: Set<String> = ["Resize", "Upsample", "Range"]

  // The result.

  /// The finished schedule.
  func schedule(inputShapes: [String: [Int]]) throws -> Schedule {
    let outputs = try graph.outputs.map { output in
      Schedule.Output(name: output.name, source: try plainSource(output.name))
    }
    var lastEntry = [Int](repeating: -1, count: state.slots.count)
    var lastUse = state.slots.map(\.producer)
    for (index, entry) in state.entries.enumerated() {
      for slot in entry.step.sources.compactMap(slot(read:)) + entry.step.results {
        lastEntry[slot] = index
        lastUse[slot] = max(lastUse[slot], entry.position)
      }
    }
    for slot in outputs.compactMap({ slot(read: $0.source) }) {
      lastEntry[slot] = -1
      lastUse[slot] = graph.nodes.count
    }
    var releases = [[Int]](repeating: [], count: state.entries.count)
    for (slot, entry) in lastEntry.enumerated() where entry >= 0 { releases[entry].append(slot) }
    var dependents: [String: [Int]] = [:]
    for (index, constant) in state.constants.enumerated() {
      for root in constants.roots(of: constant.name) { dependents[root, default: []].append(index) }
    }
    let inputs = graph.runtimeInputs.compactMap { info in
      state.slotOfName[info.name].map { (info.name, $0) }
    }
    return Schedule(
      slots: state.slots.enumerated().map { index, slot in
        Schedule.Slot(
          name: slot.name, layout: slot.layout, producer: slot.producer, lastUse: lastUse[index])
      },
      entries: zip(state.entries, releases).map { entry, releases in
        Schedule.Entry(position: entry.position, step: entry.step, releases: releases)
      },
      conversions: state.conversions, prepared: state.prepared, constants: state.constants,
      dependents: dependents, outputs: outputs, inputs: Dictionary(uniqueKeysWithValues: inputs),
      bakedRoots: state.bakedRoots.union(constants.integerRoots), inputShapes: inputShapes)
  }

  private func slot(read source: Source) -> Int? {
    switch source {
    case .slot(let slot): slot
    case .conversion(let index): state.conversions[index].slot
    case .prepared, .constant: nil
    }
  }
}
