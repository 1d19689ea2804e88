import OrderedCollections
import Tensors

/// The channel groups of a graph: which channels can be removed together, found by following every
/// weight's output channels through the graph, and the graph without some of them.
///
/// The method is the dependency graph of structural pruning (Fang and others DepGraph, arXiv 2301.12900)
/// taken to single channels: positions of axes are united, not layers, so that concatenation, padding
/// and splitting need no special case.
///
/// ```swift
/// let groups = ChannelGroups(graph: graph, shapes: shapes)
/// let smaller = groups.removing(groups.groups.map { _ in [0] })  // the first unit of each group
/// ```
public struct ChannelGroups: Sendable {
  /// The groups in the order of their first layers; those that nothing can be removed from too.
  public let groups: [ChannelGroup]

  let tracer: ChannelTracer
  /// The root of each channel's set.
  let roots: [Int]
  /// The set of each unit of each group.
  let units: [[Int]]

  /// Finds the groups.
  ///
  /// - Complexity: O(nodes + channels along all axes of all values).
  public init(graph: NetworkGraph, shapes: KnownShapes) {
    var tracer = ChannelTracer(graph: graph, shapes: shapes)
    tracer.trace()
    roots = tracer.sets.roots()
    self.tracer = tracer
    (groups, units) = ChannelGrouping(tracer: tracer, roots: roots).groups()
  }

  /// The graph that the groups were found in.
  public var graph: NetworkGraph { tracer.graph }

  /// The graph without the given units of each group, in the order of ``groups``: weights and every
  /// other constant with smaller shapes, under the names they had.
  ///
  /// Units of groups that are not removable, and units that don't exist, are ignored.
  ///
  /// - Precondition: One set for each group; none of them empties an axis
  ///   (``keepingOne(of:scores:)``).
  public func removing(_ removed: [Set<Int>]) -> NetworkGraph {
    var rewriter = ChannelRewriter(groups: self, removed: sets(removed))
    return rewriter.removing()
  }

  /// The graph of the same shapes in which the weights, biases and normalization of the given units
  /// are 0.
  ///
  /// Where ``ChannelGroup/inexact`` is nil its outputs are those of ``removing(_:)``, up to the order
  /// of sums.
  public func zeroing(_ removed: [Set<Int>]) -> NetworkGraph {
    var rewriter = ChannelRewriter(groups: self, removed: sets(removed))
    return rewriter.zeroing()
  }

  /// Takes units back until every axis of every value keeps a channel: the highest scores first, then
  /// the lowest indices.
  ///
  /// - Parameters:
  ///   - removed: Units of each group.
  ///   - scores: The importance of each unit of each group.
  public func keepingOne(of removed: [Set<Int>], scores: [[Double]]) -> [Set<Int>] {
    var result = removed
    var unitOfSet: [Int: (group: Int, unit: Int)] = [:]
    for (group, units) in units.enumerated() {
      for (unit, set) in units.enumerated() { unitOfSet[set] = (group, unit) }
    }
    var seen = Set<[Int]>()
    for name in tracer.values.keys.sorted() {
      for case .some(let axis) in tracer.values[name] ?? [] {
        let sets = Set(axis.channels.map { roots[$0] }).sorted()
        guard seen.insert(sets).inserted else { continue }
        let members = sets.map { unitOfSet[$0] }
        let isEmpty = members.allSatisfy { member in
          member.map { result[$0.group].contains($0.unit) } ?? false
        }
        guard isEmpty else { continue }
        let best = members.compactMap { $0 }.max {
          let (a, b) = (scores[$0.group][$0.unit], scores[$1.group][$1.unit])
          return a == b ? ($0.group, $0.unit) > ($1.group, $1.unit) : a < b
        }
        if let best { result[best.group].remove(best.unit) }
      }
    }
    return result
  }

  /// Multiply-adds of each node once the given units are gone, from those of the whole graph, by
  /// formula: what is left of the result's channels times what is left of the channels summed over.
  ///
  /// - Parameter costs: Multiply-adds of each node of ``graph``.
  public func multiplyAdds(_ costs: [Int?], removing removed: [Set<Int>]) -> [Int?] {
    let gone = sets(removed)
    return costs.enumerated().map { index, cost in
      guard var cost, cost > 0 else { return cost }
      func reduce(_ channels: [Int]) {
        let left = channels.count { !gone.contains(roots[$0]) }
        cost = cost / channels.count * left + cost % channels.count * left / channels.count
      }
      let node = tracer.graph.nodes[index]
      for case .some(let axis) in node.outputs.first.flatMap({ tracer.values[$0] }) ?? [] {
        reduce(axis.channels)
      }
      if let summed = tracer.contractions[index] { reduce(summed) }
      return cost
    }
  }

  /// The shape that each value has without the given units, for the first choice of open lengths.
  ///
  /// Values whose nodes are replaced are among them; values of unknown shape are not.
  public func shapes(removing removed: [Set<Int>]) -> [String: [Int]] {
    let gone = sets(removed)
    var result = tracer.shapes.lengths
    for (name, axes) in tracer.values {
      for (axis, channels) in axes.enumerated() {
        guard let channels = channels?.channels, result[name]?.indices.contains(axis) == true else {
          continue
        }
        result[name]?[axis] = channels.count { !gone.contains(roots[$0]) }
      }
    }
    return result
  }

  /// The sets of channels behind units.
  private func sets(_ removed: [Set<Int>]) -> Set<Int> {
    precondition(
      removed.count == groups.count, "\(removed.count) choices for \(groups.count) groups")
    var result = Set<Int>()
    for (group, chosen) in removed.enumerated() where groups[group].isRemovable {
      for unit in chosen where units[group].indices.contains(unit) {
        result.insert(units[group][unit])
      }
    }
    return result
  }
}
