import TerminalCells
import Testing

@Suite struct RectTests {
  private let rect = Rect(x: 2, y: 3, width: 10, height: 5)

  @Test func splitsShareAllCells() {
    let (left, rest) = rect.splitLeft(4)
    #expect(left == Rect(x: 2, y: 3, width: 4, height: 5))
    #expect(rest == Rect(x: 6, y: 3, width: 6, height: 5))
    #expect(rect.splitRight(3).right == Rect(x: 9, y: 3, width: 3, height: 5))
    #expect(rect.splitTop(2).rest == Rect(x: 2, y: 5, width: 10, height: 3))
    #expect(rect.splitBottom(1).bottom == Rect(x: 2, y: 7, width: 10, height: 1))
  }

  @Test func splitsNeverExceed() {
    #expect(rect.splitLeft(99).rest.isEmpty)
    #expect(rect.splitLeft(-4).left.isEmpty)
    #expect(rect.splitBottom(99).rest.isEmpty)
    #expect(rect.splitTop(99).top == rect)
  }

  @Test func insetsStopAtNothing() {
    #expect(rect.inset() == Rect(x: 3, y: 4, width: 8, height: 3))
    #expect(rect.inset(by: 7).isEmpty)
    #expect(Rect.empty.inset().isEmpty)
    #expect(Rect(width: -4, height: -4) == .empty)
  }

  @Test func columnsShareTheWidth() {
    let parts = Rect(width: 11, height: 2).columns(3, gap: 1)
    #expect(parts.map(\.x) == [0, 4, 8])
    #expect(parts.map(\.width) == [3, 3, 3])
    #expect(Rect(width: 8, height: 1).columns(3).map(\.width) == [3, 3, 2])
    #expect(Rect(width: 1, height: 1).columns(3, gap: 2).map(\.width) == [0, 0, 0])
    #expect(rect.columns(0).isEmpty)
  }

  @Test func rowsAndMiddles() {
    #expect(rect.row(4) == Rect(x: 2, y: 7, width: 10, height: 1))
    #expect(rect.row(5).isEmpty)
    #expect(rect.centered(width: 4, height: 3) == Rect(x: 5, y: 4, width: 4, height: 3))
    #expect(rect.centered(width: 99, height: 99) == rect)
    #expect(rect.intersection(Rect(width: 5, height: 5)) == Rect(x: 2, y: 3, width: 3, height: 2))
    #expect(rect.contains(x: 11, y: 7) && !rect.contains(x: 12, y: 7))
  }
}
