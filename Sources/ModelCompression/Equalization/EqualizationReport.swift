/// What cross-layer equalization did.
public struct EqualizationReport: Sendable, Hashable {
  /// Two consecutive layers by name.
  public struct Pair: Sendable, Hashable {
    /// The layer whose output channels were scaled.
    public var first: String
    /// The layer whose input channels were scaled by the inverse.
    public var second: String
  }

  /// A layer that is the first of no pair.
  public struct Refusal: Sendable, Hashable {
    /// The layer's name.
    public var layer: String
    /// Why, such as `its output feeds 2 nodes`.
    public var reason: String
  }

  /// The pairs that were equalized, in graph order.
  public var pairs: [Pair] = []
  /// The layers that are the first of no pair, in graph order.
  public var refusals: [Refusal] = []
  /// `Clip(0, 6)` nodes that became `Relu`.
  public var replacedReLU6 = 0

  /// What the user should know, one sentence each.
  public var notices: [String] {
    var texts = [
      pairs.isEmpty
        ? "equalize: no two layers follow each other so that their ranges can be equalized"
        : "equalize: \(pairs.count) pairs of layers, first \(pairs[0].first) and \(pairs[0].second)"
    ]
    if replacedReLU6 > 0 {
      texts.append(
        "equalize: \(replacedReLU6) ReLU6 replaced by ReLU, which changes outputs above 6")
    }
    var reasons: [String] = []
    for refusal in refusals where !reasons.contains(refusal.reason) {
      reasons.append(refusal.reason)
    }
    for reason in reasons {
      let layers = refusals.filter { $0.reason == reason }.map(\.layer)
      let place = layers.count == 1 ? layers[0] : "\(layers.count) layers, first \(layers[0])"
      texts.append("equalize: not \(place): \(reason)")
    }
    return texts
  }
}
