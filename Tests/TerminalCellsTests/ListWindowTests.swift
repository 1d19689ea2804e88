import TerminalCells
import Testing

@Suite struct ListWindowTests {
  @Test func theSelectedRowStaysInSight() {
    var window = ListWindow(count: 20, height: 5)
    for _ in 0..<6 { window.move(by: 1) }
    #expect(window.selected == 6)
    #expect(window.visible == 3..<8)
    window.move(by: -3)
    #expect(window.visible == 2..<7)
    window.select(19)
    #expect(window.visible == 15..<20)
    window.select(-4)
    #expect(window.selected == 0 && window.visible == 0..<5)
  }

  @Test func pagesKeepOneRow() {
    var window = ListWindow(count: 100, height: 10, margin: 0)
    window.page(by: 1)
    #expect(window.selected == 9)
    window.page(by: 1)
    #expect(window.selected == 18 && window.visible == 9..<19)
    window.move(by: Int.max)
    #expect(window.selected == 99)
    window.move(by: Int.min)
    #expect(window.selected == 0)
  }

  @Test func sizesMayVanish() {
    var window = ListWindow(count: 20, height: 5, selected: 19)
    window.resize(count: 3)
    #expect(window.selected == 2 && window.visible == 0..<3)
    window.resize(count: 0)
    #expect(window.selected == 0 && window.visible.isEmpty && window.row(at: 0) == nil)
    window.resize(count: 50, height: 0)
    #expect(window.visible.isEmpty)
    window.select(40)
    window.resize(height: 1)
    #expect(window.visible == 40..<41)
    window.resize(height: 100)
    #expect(window.visible == 0..<50)
  }

  @Test func scrollingDragsTheSelection() {
    var window = ListWindow(count: 20, height: 5)
    window.scroll(by: 3)
    #expect(window.visible == 3..<8 && window.selected == 3)
    window.scroll(by: 99)
    #expect(window.visible == 15..<20 && window.selected == 15)
    window.scroll(by: -99)
    #expect(window.visible == 0..<5 && window.selected == 4)
  }

  @Test func theThumbReachesBothEnds() {
    var window = ListWindow(count: 40, height: 8)
    #expect(window.thumb == 0..<1)
    window.select(39)
    #expect(window.thumb == 7..<8)
    #expect(ListWindow(count: 8, height: 8).thumb.isEmpty)
    var buffer = CellBuffer(width: 1, height: 8)
    window.drawScrollBar(in: buffer.bounds, of: &buffer, glyphs: .ascii)
    #expect(buffer.lines == ["|", "|", "|", "|", "|", "|", "|", "#"])
  }

  @Test func everyRowCanBeReachedAtEverySize() {
    for count in 0..<12 {
      for height in 1..<7 {
        var window = ListWindow(count: count, height: height)
        for row in 0..<count {
          window.select(row)
          #expect(window.visible.contains(row))
          #expect(window.visible.count == min(count, height))
          #expect(window.thumb.upperBound <= height)
        }
      }
    }
  }
}
