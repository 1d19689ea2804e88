import Foundation
import ModelCompression
import NetworkGraph
import Tensors

/// What a search chooses from: items with their settings, and what the rest costs.
struct SearchSpace: Sendable {
  /// A setting that any layer can get.
  struct GridSetting: Sendable, Hashable {
    /// Bits; nil for what the start plan has.
    var bits: Int?
    /// Pruning amount.
    var amount: Double
    /// Whether the layer is left as it is.
    var isUntouched = false
  }

  /// What a setting makes of one layer, known from its weights alone.
  struct Profile: Sendable {
    /// Exact stored bytes.
    var bytes: Int
    /// What counts against the limit: bytes, or multiply-adds.
    var cost: Int
    /// Squared error of the weights relative to their square.
    var error: Double
  }

  /// One setting of an item.
  struct Choice: Sendable {
    /// The setting on the grid.
    var setting: GridSetting
    /// Exact stored bytes of the item's layers.
    var bytes: Int
    /// What counts against the limit.
    var cost: Int
    /// Mean relative squared error of the layers' weights.
    var error: Double
    /// Harm of this setting alone: measured, or estimated from what is measured.
    var harm: Double
    /// Whether ``harm`` is measured.
    var isMeasured = false
  }

  /// A layer, or the layers of a group, that get one setting.
  struct Item: Sendable {
    /// Indices of the layers.
    var layers: [Int]
    /// The settings, the dearest first.
    var choices: [Choice]
  }

  /// The items in graph order of their first layers.
  var items: [Item]
  /// Every setting of the grid with its profile, by layer; nil for layers that are not free.
  let profiles: [[Profile]?]
  /// The settings, in the order of ``profiles``.
  let grid: [GridSetting]
  /// Cost of layers that are not free.
  let fixedCost: Int
  /// Stored bytes of all that is not free, the rest of the file included.
  let fixedBytes: Int
  /// What the start plan does to each layer.
  let base: [LayerSetting]
  /// What the user should know.
  let notices: [String]

  /// The setting of one layer at a place of the grid: schemes, granularities and criteria are those
  /// of the start plan.
  static func setting(_ grid: GridSetting, base: LayerSetting) -> LayerSetting {
    var result = LayerSetting()
    if grid.isUntouched { return result }
    if grid.amount > 0 {
      result.prune = (base.prune ?? PruneSetting(amount: 0)).searching(grid.amount)
    }
    if let bits = grid.bits {
      result.weights = (base.weights ?? WeightQuantization(bits: bits)).with(bits: bits)
    } else {
      result.weights = base.weights
    }
    return result
  }

  /// The settings of all layers under one choice for each item.
  func settings(_ choices: [Int]) -> [Int: LayerSetting] {
    var result: [Int: LayerSetting] = [:]
    for (item, choice) in zip(items, choices) {
      for layer in item.layers {
        result[layer] = Self.setting(item.choices[choice].setting, base: base[layer])
      }
    }
    return result
  }

  /// What choices cost, with all that is not free.
  func cost(_ choices: [Int]) -> Int {
    zip(items, choices).reduce(fixedCost) { $0 + $1.0.choices[$1.1].cost }
  }

  /// Exact stored bytes under choices.
  func bytes(_ choices: [Int]) -> Int {
    zip(items, choices).reduce(fixedBytes) { $0 + $1.0.choices[$1.1].bytes }
  }

  /// The choice that leaves each item as it is.
  var untouched: [Int] { items.map { _ in 0 } }

  /// The knapsack over what is known now.
  func knapsack(upTo limit: Int) -> ChoiceKnapsack {
    ChoiceKnapsack(
      items: items.map { item in
        item.choices.map { ChoiceKnapsack.Choice(cost: $0.cost, harm: $0.harm) }
      }, upTo: limit - fixedCost)
  }

  /// The place of a grid setting among an item's choices, added where it is missing.
  mutating func choice(_ setting: GridSetting, ofItem index: Int) -> Int? {
    if let known = items[index].choices.firstIndex(where: { $0.setting == setting }) {
      return known
    }
    guard var choice = Self.choice(setting, layers: items[index].layers, grid, profiles) else {
      return nil
    }
    choice.harm = items[index].estimate(error: choice.error)
    items[index].choices.append(choice)
    return items[index].choices.count - 1
  }

  /// A grid setting of a set of layers.
  static func choice(
    _ setting: GridSetting, layers: [Int], _ grid: [GridSetting], _ profiles: [[Profile]?]
  ) -> Choice? {
    guard let place = grid.firstIndex(of: setting) else { return nil }
    let parts = layers.compactMap { profiles[$0]?[place] }
    let error = parts.reduce(0) { $0 + $1.error } / Double(max(parts.count, 1))
    return Choice(
      setting: setting, bytes: parts.reduce(0) { $0 + $1.bytes },
      cost: parts.reduce(0) { $0 + $1.cost }, error: error, harm: error)
  }
}

extension SearchSpace.Item {
  /// Harm at a weight error, between the measured settings on logarithmic scales; outside of them in
  /// proportion to the error.
  func estimate(error: Double) -> Double {
    guard error > 0 else { return 0 }
    let smallest = 1e-12
    let anchors = choices.filter { $0.isMeasured && $0.error > 0 }
      .map { (error: $0.error, harm: max($0.harm, smallest)) }
      .sorted { $0.error < $1.error }
    guard let first = anchors.first, let last = anchors.last else { return error }
    if error <= first.error { return first.harm * error / first.error }
    if error >= last.error { return last.harm * error / last.error }
    let upper = anchors.firstIndex { $0.error >= error } ?? anchors.count - 1
    let (low, high) = (anchors[max(upper - 1, 0)], anchors[upper])
    guard high.error > low.error else { return high.harm }
    let part = log(error / low.error) / log(high.error / low.error)
    return low.harm * pow(high.harm / low.harm, part)
  }

  /// The choices by ascending cost.
  var byCost: [Int] {
    choices.indices.sorted {
      (choices[$0].cost, choices[$0].harm) < (choices[$1].cost, choices[$1].harm)
    }
  }
}
