import Tensors

/// Something that training changes, with what the optimizer remembers of it.
struct TrainingParameter: Sendable {
  /// What it is.
  enum Kind: Sendable, Hashable {
    /// The weights of a layer, by its index.
    case weights(layer: Int)
    /// The learned steps of a layer's codes, by its index.
    case steps(layer: Int)
    /// A bias, or scale or shift of a normalization.
    case constant
    /// A running mean or variance, which follows batches and has no gradient.
    case statistic
  }

  /// What it is.
  let kind: Kind
  /// The constant of the graph that it stands for; for learned steps that of their weights.
  let name: String
  /// Its shape.
  let shape: [Int]
  /// The numbers.
  var values: [Float]
  /// What the optimizer remembers.
  var slots: [[Float]]

  init(_ kind: Kind, name: String, shape: [Int], values: [Float], slotCount: Int) {
    self.kind = kind
    self.name = name
    self.shape = shape
    self.values = values
    slots =
      kind == .statistic
      ? [] : [[Float]](repeating: [Float](repeating: 0, count: values.count), count: slotCount)
  }

  /// Whether weight decay acts on it: on weights with two or more axes only.
  var decays: Bool {
    if case .weights = kind { shape.count > 1 } else { false }
  }

  /// The key of its arrays in checkpoints.
  var key: String {
    if case .steps = kind { "steps/" + name } else { "values/" + name }
  }

  /// Moves numbers in proportion to themselves: the optimizer moves a factor on each, which is 1 before.
  ///
  /// Learned steps between codes are small numbers of any size, and a rate that suits weights would
  /// throw them about; their factors are all alike.
  mutating func moveInProportion(
    _ gradient: [Float], optimizer: any Optimizer, step: Int, learningRate: Double
  ) {
    var factors = [Float](repeating: 1, count: values.count)
    optimizer.update(
      &factors, gradient: zip(gradient, values).map { $0 * $1 }, slots: &slots, step: step,
      learningRate: learningRate, weightDecay: 0)
    for index in values.indices { values[index] *= max(factors[index], 0.5) }
  }
}
