import Tensors

/// The steps that run a graph for inputs of given shapes, with everything prepared that does not
/// depend on the inputs.
///
/// Used by all threads at once.
final class Schedule: Sendable {
  /// A value that some step fills, or an input.
  struct Slot: Sendable {
    let name: String
    /// The layout in which the value always is; nil for plain tensors.
    let layout: DataLayout?
    /// The position of the node that fills it; -1 for inputs.
    let producer: Int
    /// The position of the last node that reads it; the number of nodes for outputs of the graph.
    let lastUse: Int
  }

  /// A step with the position of its node: the last one, when it stands for several.
  struct Entry: Sendable {
    let position: Int
    let step: any Step
    /// The slots that nobody reads afterwards.
    let releases: [Int]
  }

  /// A constant in the form a primitive wants.
  struct Prepared: Sendable {
    let constant: Int
    let form: WeightForm
    /// The graph's own constant in this form.
    let base: RunValue
  }

  /// A constant that steps read.
  struct Constant: Sendable {
    let name: String
    /// The graph's own value.
    let base: Tensor
  }

  /// What an output of the graph is.
  struct Output: Sendable {
    let name: String
    let source: Source
  }

  let slots: [Slot]
  let entries: [Entry]
  let conversions: [Conversion]
  /// For each slot, the conversions of it.
  let conversionsOfSlot: [[Int]]
  let prepared: [Prepared]
  let constants: [Constant]
  /// For each root that constants come from, the constants.
  let dependents: [String: [Int]]
  let outputs: [Output]
  /// The slots of the graph's inputs by name.
  let inputs: [String: Int]
  /// Roots whose values the steps themselves depend on: replacing one takes another schedule.
  let bakedRoots: Set<String>
  /// Shapes of the inputs.
  let inputShapes: [String: [Int]]
  /// Slots by name.
  let slotOfName: [String: Int]

  init(
    slots: [Slot], entries: [Entry], conversions: [Conversion], prepared: [Prepared],
    constants: [Constant], dependents: [String: [Int]], outputs: [Output], inputs: [String: Int],
    bakedRoots: Set<String>, inputShapes: [String: [Int]]
  ) {
    self.slots = slots
    self.entries = entries
    self.conversions = conversions
    var ofSlot = [[Int]](repeating: [], count: slots.count)
    for (index, conversion) in conversions.enumerated() { ofSlot[conversion.slot].append(index) }
    conversionsOfSlot = ofSlot
    self.prepared = prepared
    self.constants = constants
    self.dependents = dependents
    self.outputs = outputs
    self.inputs = inputs
    self.bakedRoots = bakedRoots
    self.inputShapes = inputShapes
    slotOfName = Dictionary(
      slots.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { _, last in last }
    )
  }

  /// The slots that hold values across the cut before a position.
  func liveSlots(before position: Int) -> [Int] {
    slots.indices.filter { slots[$0].producer < position && slots[$0].lastUse >= position }
  }
}
