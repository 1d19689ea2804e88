/// Layer names as the hierarchy of modules that they spell: `layer1.0.conv1` below `layer1.0` below
/// `layer1`.
///
/// A group with one child is merged with it, so that a row is shown only where there is a choice:
/// `stem.0` alone under `stem` is one row `stem.0`.
public struct LayerTree: Sendable, Hashable {
  /// One line of the tree.
  public struct Row: Sendable, Hashable, Identifiable {
    /// 0 for the outermost rows.
    public let depth: Int
    /// The part of the path that this row adds: `conv1`.
    public let label: String
    /// The dotted path from the top: the name of a layer, or the common prefix of a group.
    public let path: String
    /// The layers on and below this row, by index into the names given, in their order.
    public let layers: [Int]
    /// The layer that this row is; nil for a group.
    public let layer: Int?

    /// Whether the row stands for the rows below it.
    public var isGroup: Bool { layer == nil }
    /// Different for every row, also where a group and a layer have the same path.
    public var id: String { isGroup ? path + "." : path }
  }

  /// All rows from top to bottom: a group before its children, children in layer order.
  public let rows: [Row]

  /// Builds the tree of `layerNames`, which must differ from each other.
  ///
  /// - Complexity: O(total length of the names x depth).
  public init(layerNames: [String]) {
    var names: [(parts: ArraySlice<Substring>, index: Int)] = []
    for (index, name) in layerNames.enumerated() {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      names.append((parts[...], index))
    }
    rows = Self.rows(names, prefix: "", depth: 0)
  }

  /// The rows that show when the groups with these ids are closed.
  public func rows(closed: Set<String>) -> [Row] {
    var result: [Row] = []
    var hiddenBelow = Int.max
    for row in rows {
      if row.depth > hiddenBelow { continue }
      hiddenBelow = row.isGroup && closed.contains(row.id) ? row.depth : Int.max
      result.append(row)
    }
    return result
  }

  private static func rows(
    _ names: [(parts: ArraySlice<Substring>, index: Int)], prefix: String, depth: Int
  ) -> [Row] {
    var order: [Substring] = []
    var byFirst: [Substring: [(parts: ArraySlice<Substring>, index: Int)]] = [:]
    for name in names {
      let first = name.parts.first ?? ""
      if byFirst[first] == nil { order.append(first) }
      byFirst[first, default: []].append(name)
    }
    var result: [Row] = []
    for first in order {
      var members = byFirst[first] ?? []
      var label = String(first)
      for index in members.indices { members[index].parts = members[index].parts.dropFirst() }
      // Go down while there is one way to go.
      while let next = members[0].parts.first,
        members.allSatisfy({ $0.parts.first == next })
      {
        label += "." + next
        for index in members.indices { members[index].parts = members[index].parts.dropFirst() }
      }
      let path = prefix.isEmpty ? label : prefix + "." + label
      if members.count == 1 {
        let index = members[0].index
        result.append(Row(depth: depth, label: label, path: path, layers: [index], layer: index))
        continue
      }
      result.append(
        Row(depth: depth, label: label, path: path, layers: members.map(\.index), layer: nil))
      // A layer may have the group's own path: a module that multiplies by itself.
      for own in members where own.parts.isEmpty {
        result.append(
          Row(
            depth: depth + 1, label: label, path: path, layers: [own.index], layer: own.index))
      }
      result += rows(
        members.filter { !$0.parts.isEmpty }, prefix: path, depth: depth + 1)
    }
    return result
  }
}
