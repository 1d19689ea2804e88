import NetworkGraph
import Testing

/// The hierarchy that dotted names spell.
@Suite struct LayerTreeTests {
  static func drawing(_ names: [String]) -> [String] {
    LayerTree(layerNames: names).rows.map { row in
      let indent = String(repeating: "  ", count: row.depth)
      return indent + row.label + (row.layer.map { " \($0)" } ?? " \(row.layers)")
    }
  }

  @Test func groupsShareAPrefix() {
    #expect(
      Self.drawing(["conv1", "layer1.0.conv1", "layer1.0.conv2", "layer1.1.conv1", "linear"])
        == [
          "conv1 0", "layer1 [1, 2, 3]", "  0 [1, 2]", "    conv1 1", "    conv2 2", "  1.conv1 3",
          "linear 4",
        ])
  }

  @Test func singleChildrenMerge() {
    #expect(
      Self.drawing(["stem.0", "s2.1.a.0", "s2.1.b.0", "s2.0.0"])
        == ["stem.0 0", "s2 [1, 2, 3]", "  1 [1, 2]", "    a.0 1", "    b.0 2", "  0.0 3"])
  }

  @Test func aGroupMayBeALayerToo() {
    let tree = LayerTree(layerNames: ["layer.0.query", "layer.0", "layer.0.key"])
    #expect(tree.rows.map(\.path) == ["layer.0", "layer.0", "layer.0.query", "layer.0.key"])
    #expect(tree.rows.map(\.layer) == [nil, 1, 0, 2])
    #expect(Set(tree.rows.map(\.id)).count == 4)
  }

  @Test func closedGroupsHideTheirRows() {
    let tree = LayerTree(layerNames: ["a.b.c", "a.b.d", "a.e", "f"])
    #expect(tree.rows(closed: ["a.b."]).map(\.path) == ["a", "a.b", "a.e", "f"])
    #expect(tree.rows(closed: ["a.", "a.b."]).map(\.path) == ["a", "f"])
    #expect(tree.rows(closed: []).count == tree.rows.count)
  }

  @Test func oddNamesAreKept() {
    #expect(LayerTree(layerNames: []).rows.isEmpty)
    #expect(Self.drawing([""]) == [" 0"])
    #expect(Self.drawing(["a..b", "a."]) == ["a. [0, 1]", "  a. 1", "  b 0"])
  }
}
