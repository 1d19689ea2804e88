/// All that a training run is at between two steps: what a checkpoint holds.
struct TrainingState: Sendable {
  /// The numbers of the run beside weights.
  struct Counters: Sendable, Hashable, Codable {
    /// Steps done.
    var step = 0
    /// Steps in all; nil until the time limit decided.
    var steps: Int?
    /// Sum of the losses of the steps since the last validation, and their number.
    var lossSum = 0.0
    var lossCount = 0
    /// Every validation so far.
    var history: [ValidationPoint] = []
    /// The best of them that may be kept.
    var best: ValidationPoint?
    /// Seconds spent.
    var seconds = 0.0
  }

  /// What is trained, in the order of the layers, then of the graph.
  var parameters: [TrainingParameter]
  /// The values of all parameters at ``Counters/best``; empty without.
  var bestValues: [[Float]] = []
  /// The numbers of the run.
  var counters = Counters()

  /// The values of a kind of parameter for each of `count` layers; nil for layers without.
  func values(
    layers count: Int, _ kind: (Int) -> TrainingParameter.Kind
  ) -> [[Float]?] {
    var places: [TrainingParameter.Kind: Int] = [:]
    for (index, parameter) in parameters.enumerated() { places[parameter.kind] = index }
    return (0..<count).map { layer in places[kind(layer)].map { parameters[$0].values } }
  }
}
