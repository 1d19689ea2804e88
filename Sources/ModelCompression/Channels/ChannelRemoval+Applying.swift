import NetworkGraph
import Tensors

extension ChannelRemoval {
  /// Takes channels out of a graph.
  ///
  /// - Parameters:
  ///   - groups: The channel groups of the graph.
  ///   - scores: The importance of each layer's channels, by layer name; layers that are missing are
  ///     scored by ``criterion`` from their weights.
  /// - Returns: The smaller graph, and what was done.
  /// - Throws: ``EngineError`` with code `invalidPlan` for amounts outside 0...1, an unknown
  ///   criterion, one that needs calibration when scores are missing, or a wrong expression.
  public func apply(
    to groups: ChannelGroups, scores: [String: [Double]] = [:]
  ) throws(EngineError) -> (graph: NetworkGraph, report: ChannelReport) {
    let choice = try choice(in: groups, scores: scores)
    return apply(choice, to: groups)
  }

  /// Takes the chosen channels out of a graph.
  public func apply(
    _ choice: ChannelChoice, to groups: ChannelGroups
  ) -> (graph: NetworkGraph, report: ChannelReport) {
    let graph = groups.removing(choice.removed)
    return (graph, report(groups, choice, after: graph))
  }

  /// The graph of the same shapes with the channels at 0 that ``apply(to:scores:)`` takes out.
  ///
  /// - Throws: As ``apply(to:scores:)``.
  public func zeroed(
    _ groups: ChannelGroups, scores: [String: [Double]] = [:]
  ) throws(EngineError) -> NetworkGraph {
    groups.zeroing(try choice(in: groups, scores: scores).removed)
  }

  /// The units of each group that go.
  ///
  /// - Throws: As ``apply(to:scores:)``.
  public func choice(
    in groups: ChannelGroups, scores: [String: [Double]] = [:]
  ) throws(EngineError) -> ChannelChoice {
    guard multiple > 0 else {
      throw EngineError(
        .invalidPlan, subject: "channels", problem: "multiple \(multiple) is not above 0",
        remedy: "Choose 1, 8 or 16, say")
    }
    let layers = Dictionary(
      groups.graph.compressibleLayers().map { ($0.name, $0) }, uniquingKeysWith: { $1 })
    let (amounts, notices) = try amounts(of: groups.groups, layers: layers)
    let producers = groups.graph.producers()
    var unitScores: [[Double]] = []
    for (index, group) in groups.groups.enumerated() {
      var sums = [Double](repeating: 0, count: group.unitCount)
      if group.isRemovable, amounts[index] > 0 {
        for member in group.members {
          guard let layer = layers[member.layer],
            let weights = groups.graph.constant(layer.weight, producers: producers)
          else { continue }
          let own: [Double]
          if let given = scores[member.layer] {
            own = given
          } else {
            own = try ChannelScores.scores(criterion: criterion, layer: layer, weights: weights)
          }
          guard own.count == member.units.count else {
            throw EngineError(
              .invalidArgument, subject: "layer '\(member.layer)'",
              problem: "\(own.count) scores were given for \(member.units.count) channels")
          }
          for (channel, unit) in member.units.enumerated() {
            if let unit { sums[unit] += own[channel] }
          }
        }
      }
      unitScores.append(sums)
    }
    let removed = chosen(groups, amounts: amounts, scores: unitScores)
    return ChannelChoice(removed: removed, amounts: amounts, notices: notices)
  }

  /// The amount of each group, and what the plan names that is not there.
  private func amounts(
    of all: [ChannelGroup], layers: [String: CompressibleLayer]
  ) throws(EngineError) -> (amounts: [Double], notices: [String]) {
    for value in [amount] + groups.values where !(0...1).contains(value) {
      throw EngineError(
        .invalidPlan, subject: "channels", problem: "amount \(value) is not between 0 and 1",
        remedy: "30 % is written 0.3")
    }
    var result = [Double?](repeating: nil, count: all.count)
    var notices: [String] = []
    // Exact names first, then expressions, then types; of equals the first in the file.
    let rules = groups.enumerated().map { (selector: PlanSelector($1.key), amount: $1.value) }
    for rank in 0...2 {
      for rule in rules where rule.selector.rank == rank {
        let matches = try rule.selector.matcher()
        let found = all.indices.filter { index in
          if case .exact(let name) = rule.selector {
            return all[index].members.contains { $0.layer == name }
          }
          return layers[all[index].name].map(matches) ?? false
        }
        if found.isEmpty { notices.append("channels: no group fits '\(rule.selector.key)'") }
        for index in found {
          if rank == 0, rule.amount > 0, !all[index].isRemovable, let refusal = all[index].refusal {
            notices.append("channels: '\(all[index].name)' keeps its channels: \(refusal)")
          }
          result[index] = result[index] ?? rule.amount
        }
      }
    }
    return (result.map { $0 ?? amount }, notices)
  }

  private func report(
    _ groups: ChannelGroups, _ choice: ChannelChoice, after: NetworkGraph
  ) -> ChannelReport {
    let entries = groups.groups.enumerated().map { index, group in
      let removed = choice.removed[index]
      return ChannelReport.Group(
        name: group.name, amount: choice.amounts[index], units: group.unitCount,
        removed: removed.count,
        members: group.members.map { member in
          ChannelReport.Member(
            layer: member.layer, channels: member.channels,
            kept: member.units.indices.filter { channel in
              member.units[channel].map { !removed.contains($0) } ?? true
            })
        }, refusal: group.refusal, inexact: group.inexact)
    }
    return ChannelReport(
      groups: entries, parametersBefore: groups.graph.floatParameters,
      parametersAfter: after.floatParameters, notices: choice.notices)
  }
}

extension PlanSelector {
  /// The key as a plan writes it.
  fileprivate var key: String {
    switch self {
    case .exact(let name): name
    case .expression(let text): "re:\(text)"
    case .type(let op): "type:\(op)"
    }
  }
}
