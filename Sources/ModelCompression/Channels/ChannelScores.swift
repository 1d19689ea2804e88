import NetworkGraph
import Tensors

/// The importance of a layer's channels.
public enum ChannelScores {
  /// The criteria that are defined for channels as such.
  static let own = ["magnitude", "l2"]

  /// The names that a plan may give.
  public static var names: [String] {
    own + CriterionRegistry.standard.names.filter { !own.contains($0) }
  }

  /// One score for each channel of a layer's weight.
  ///
  /// `magnitude` is the mean of |w| over the weights that make the channel, `l2` the root of the mean
  /// of w^2 (Li and others Pruning Filters for Efficient ConvNets, arXiv 1608.08710, per weight so that
  /// layers of a group compare); any other criterion counts with the mean of its scores of single
  /// weights.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` for an unknown criterion, and for one that
  ///   needs calibration: its scores have to be given.
  public static func scores(
    criterion name: String, layer: CompressibleLayer, weights: Tensor
  ) throws(EngineError) -> [Double] {
    switch name {
    case "magnitude": return means(weights.floats.map(\.magnitude), layer: layer)
    case "l2": return means(weights.floats.map { $0 * $0 }, layer: layer).map { $0.squareRoot() }
    default: break
    }
    guard let criterion = CriterionRegistry.standard[name] else {
      throw EngineError(
        .invalidPlan, subject: "channels", problem: "criterion '\(name)' is not supported",
        remedy: "Supported: \(names.joined(separator: ", "))")
    }
    guard criterion.needs.isEmpty else {
      throw EngineError(
        .invalidPlan, subject: "channels",
        problem: "criterion '\(name)' needs calibration, which was not given",
        remedy: "Choose one of \(own.joined(separator: ", "))")
    }
    let input = ScoringInput(
      layer: layer, weights: weights, setting: PruneSetting(amount: 0, criterion: name))
    return means(try criterion.scores(input), layer: layer)
  }

  /// The mean of a layer's scores of single weights over each of its channels.
  ///
  /// - Parameters:
  ///   - scores: One score for each weight, as stored.
  ///   - layer: The layer; channels are its output axis, the columns of an embedding.
  public static func means(_ scores: [Float], layer: CompressibleLayer) -> [Double] {
    let axis = layer.op == "Gather" ? layer.inputAxis : layer.outputAxis
    let channels = layer.shape[axis]
    let inner = layer.shape[(axis + 1)...].reduce(1, *)
    var sums = [Double](repeating: 0, count: channels)
    for (index, score) in scores.enumerated() { sums[index / inner % channels] += Double(score) }
    let each = Double(max(scores.count / max(channels, 1), 1))
    return sums.map { $0 / each }
  }
}
