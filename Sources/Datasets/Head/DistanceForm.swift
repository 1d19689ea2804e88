import Tensors

/// A head of grids without anchors: each cell tells the distances from its centre to a box's four sides.
///
/// An output is (N, 4 R + classes, H, W); or there are two for each grid, (N, 4 R, H, W) and
/// (N, classes, H, W). R is the number of bins of a distribution over 0 ... R - 1 whose expected value is
/// the distance in cells (Li et al., Generalized Focal Loss, 2020); with R = 1 the distance itself.
/// Class scores are logits unless `activation: none`.
public struct DistanceForm: Sendable, Hashable {
  /// The outputs, one for each grid: distances and classes, or distances only.
  public var outputs: [String]
  /// The outputs of class scores; empty where ``outputs`` hold them.
  public var scores: [String]
  /// Bins of a distribution; 1 for plain distances.
  public var bins: Int
  /// What is applied to class scores.
  public var activation: HeadActivation

  /// Makes a form.
  public init(
    outputs: [String], scores: [String] = [], bins: Int = 16, activation: HeadActivation = .sigmoid
  ) {
    self.outputs = outputs
    self.scores = scores
    self.bins = bins
    self.activation = activation
  }

  init(_ fields: inout HeadFields) throws(EngineError) {
    guard let outputs = try fields.texts("outputs") else {
      throw fields.problem(
        "outputs", "'head' has no 'outputs'",
        "Name the output of each grid, as outputs: [p3, p4, p5]; with 'anchors' for grids with anchor boxes. "
          + "A YOLO export that decodes by itself is type: boxes")
    }
    self.outputs = outputs
    scores = try fields.texts("scores") ?? []
    guard scores.isEmpty || scores.count == outputs.count else {
      throw fields.problem(
        "scores", "'head' names \(scores.count) scores for \(outputs.count) outputs",
        "Name one output of scores for each output of distances")
    }
    bins = try fields.integer("bins", in: 1...256) ?? 16
    activation = try fields.choice("activation") ?? .sigmoid
  }
}
