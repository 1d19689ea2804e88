import NetworkGraph
import OrderedCollections
import Tensors

extension CompressionPlan {
  /// What the plan does to each of `layers`, in their order.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` for an expression that is not one, and for a
  ///   plan for another model: it has rules, none of them matches a layer, and it has no defaults.
  /// - Complexity: O(rules + layers), and O(layers) for each expression and type.
  public func resolved(
    for layers: [CompressibleLayer]
  ) throws(EngineError) -> PlanResolution {
    try PlanResolver(layers: layers).resolve(self)
  }

  /// What the plan does to each of `layers`; `matches` tells which of them an expression or type means.
  func resolved(
    for layers: [CompressibleLayer], indices: [String: Int],
    matches: (PlanSelector) throws(EngineError) -> [Bool]
  ) throws(EngineError) -> PlanResolution {
    var exact: [Int: (key: String, rule: PlanRule)] = [:]
    var general: [Matching] = []
    var unmatched: [(key: String, selector: PlanSelector)] = []
    for (key, rule) in self.layers {
      let selector = PlanSelector(key)
      if case .exact(let name) = selector {
        if let index = indices[name] {
          exact[index] = (key, rule)
        } else {
          unmatched.append((key, selector))
        }
      } else {
        let found = try matches(selector)
        general.append(Matching(key: key, rule: rule, rank: selector.rank, layers: found))
        if !found.contains(true) { unmatched.append((key, selector)) }
      }
    }
    if let first = unmatched.first, unmatched.count == self.layers.count, defaults.isEmpty {
      throw EngineError(
        .invalidPlan,
        problem:
          "this is a plan for another model: none of its \(unmatched.count) rules matches one of "
          + "the \(layers.count) layers",
        remedy: Self.suggestion(for: first.selector, among: layers)
          ?? "Open the model that the plan was made for")
    }
    // Most specific first; the sort is by rank, then by file order.
    let ordered = general.enumerated().sorted {
      ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset)
    }.map(\.element)
    var result = PlanResolution(settings: [], origins: [], notices: [])
    var overridden: OrderedDictionary<Overridden, [String]> = [:]
    for (index, layer) in layers.enumerated() {
      var matching = exact[index].map { [$0] } ?? []
      for rule in ordered where rule.layers[index] { matching.append((rule.key, rule.rule)) }
      let prune = Self.decide("prune", \.prune, matching, defaults, layer.name, &overridden)
      let weights = Self.decide("weights", \.weights, matching, defaults, layer.name, &overridden)
      let activations = Self.decide(
        "activations", \.activations, matching, defaults, layer.name, &overridden)
      result.settings.append(
        LayerSetting(
          prune: prune.setting, weights: weights.setting, activations: activations.setting))
      result.origins.append(
        PlanResolution.Origin(
          prune: prune.key, weights: weights.key, activations: activations.key))
    }
    result.notices = unmatched.map { rule in
      let hint = Self.suggestion(for: rule.selector, among: layers).map { ". \($0)" } ?? ""
      return "rule '\(rule.key)' matches no layer\(hint)"
    }
    result.notices += overridden.map { $0.key.notice(layers: $0.value) }
    let names = Set(layers.map(\.name))
    for name in pinned where !names.contains(name) {
      let hint = Self.suggestion(for: .exact(name), among: layers).map { ". \($0)" } ?? ""
      result.notices.append("pinned layer '\(name)' is not in the model\(hint)")
    }
    return result
  }

  /// A rule for several layers, and which of them it means.
  private struct Matching {
    var key: String
    var rule: PlanRule
    var rank: Int
    var layers: [Bool]
  }

  /// A rule whose block another, more specific rule replaced.
  private struct Overridden: Hashable {
    let block: String
    let rule: String
    let by: String

    func notice(layers: [String]) -> String {
      let places =
        layers.count == 1 ? "layer \(layers[0])" : "\(layers.count) layers, first \(layers[0])"
      return "\(block) of rule '\(rule)' overridden by '\(by)' (\(places))"
    }
  }

  private static func decide<Setting: Sendable & Hashable>(
    _ block: String, _ path: KeyPath<PlanRule, PlanRule.Block<Setting>>,
    _ matching: [(key: String, rule: PlanRule)], _ defaults: PlanRule, _ layer: String,
    _ overridden: inout OrderedDictionary<Overridden, [String]>
  ) -> (setting: Setting?, key: String?) {
    let stating = matching.filter { $0.rule[keyPath: path] != .unstated }
    guard let first = stating.first else {
      let value = defaults[keyPath: path]
      return (value.setting, value == .unstated ? nil : "defaults")
    }
    let winner = first.rule[keyPath: path]
    for other in stating.dropFirst() where other.rule[keyPath: path] != winner {
      overridden[
        Overridden(block: block, rule: other.key, by: first.key), default: []
      ].append(layer)
    }
    return (winner.setting, first.key)
  }

  /// `Did you mean 'conv1'?` when a layer's name or operator is near; nil otherwise.
  private static func suggestion(
    for selector: PlanSelector, among layers: [CompressibleLayer]
  ) -> String? {
    switch selector {
    case .exact(let name):
      EditDistance.nearest(to: name, among: layers.map(\.name)).map { "Did you mean '\($0)'?" }
    case .type(let op):
      EditDistance.nearest(to: op, among: layers.map(\.op)).map { "Did you mean 'type:\($0)'?" }
    case .expression:
      layers.first.map { "The whole name has to match, as '\($0.name)'" }
    }
  }
}
