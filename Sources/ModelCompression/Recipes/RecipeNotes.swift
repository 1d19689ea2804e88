import OrderedCollections

/// What a recipe can't express, gathered by reason so that fifty layers make one sentence.
struct RecipeNotes {
  private var reasons: OrderedDictionary<String, [String]> = [:]

  /// Notes something about one layer.
  mutating func add(_ reason: String, layer: String) { reasons[reason, default: []].append(layer) }

  /// Notes something about the whole plan.
  mutating func add(_ reason: String) { reasons[reason] = reasons[reason] ?? [] }

  /// One sentence for each reason: `<reason>: conv1, conv2 and 5 more layers`.
  var lines: [String] {
    reasons.map { reason, layers in
      switch layers.count {
      case 0: reason
      case ...4: "\(reason): \(layers.joined(separator: ", "))"
      default:
        "\(reason): \(layers.prefix(3).joined(separator: ", ")) and \(layers.count - 3) more layers"
      }
    }
  }

  /// Notes what a tool that ranks by magnitude within a layer does in another way, and what it lacks.
  ///
  /// - Returns: The share of zeros to write; nil when the tool can't state it.
  mutating func amount(of layer: RecipeLayer, tool: String) -> Double? {
    guard let prune = layer.form.prune else { return nil }
    if prune.scope != "layer" {
      add(
        "\(tool) ranks each layer by itself: the share that \(prune.scope) ranking gave is written",
        layer: layer.name)
    }
    guard let fraction = layer.fraction else {
      add("\(tool) can't state '\(prune.measure)'; pruning is left out", layer: layer.name)
      return nil
    }
    return fraction
  }

  /// Notes keys that only this program's methods have.
  mutating func addOthers(of layer: RecipeLayer, tool: String) {
    let form = layer.form
    let keys =
      (form.prune.map { Array($0.others.keys) } ?? [])
      + (form.weights.map { Array($0.others.keys) } ?? [])
      + (form.activations.map { Array($0.others.keys) } ?? [])
    for key in keys { add("\(tool) has no '\(key)'; it is left out", layer: layer.name) }
  }
}
