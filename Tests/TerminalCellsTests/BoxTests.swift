import TerminalCells
import Testing

@Suite struct BoxTests {
  private func box(
    _ width: Int, _ height: Int, glyphs: Glyphs = .blocks, title: String = "",
    trailing: String = ""
  ) -> (text: String, inside: Rect) {
    var buffer = CellBuffer(width: width, height: height)
    let inside = buffer.drawBox(
      buffer.bounds, glyphs: glyphs, title: title, trailingTitle: trailing)
    return (buffer.text, inside)
  }

  @Test func titlesStandInTheUpperEdge() {
    let (text, inside) = box(24, 3, title: "Layers", trailing: "20 of 20")
    #expect(
      text == """
        ┌─ Layers ── 20 of 20 ─┐
        │                      │
        └──────────────────────┘
        """)
    #expect(inside == Rect(x: 1, y: 1, width: 22, height: 1))
  }

  @Test func theRightTitleGoesFirstAndTheLeftIsCut() {
    #expect(box(16, 2, title: "Layers", trailing: "20 of 20").text.hasPrefix("┌─ Layers ─────┐"))
    #expect(box(13, 2, title: "layer3.0.conv2").text.hasPrefix("┌─ laye... ─┐"))
    #expect(box(7, 2, title: "layer").text.hasPrefix("┌─ l ─┐"))
    #expect(box(6, 2, title: "layer").text.hasPrefix("┌────┐"))
  }

  @Test func asciiHasItsOwnBorder() {
    #expect(box(5, 3, glyphs: .ascii).text == "+---+\n|   |\n+---+")
  }

  @Test func nothingFitsBelowTwoByTwo() {
    #expect(box(2, 2).text == "┌┐\n└┘")
    #expect(box(2, 2).inside.isEmpty)
    #expect(box(1, 4).text == "\n\n\n")
    #expect(box(1, 4).inside.isEmpty)
  }

  @Test func focusIsSeenWithoutColours() {
    var buffer = CellBuffer(width: 20, height: 3)
    let sheet = StyleSheet(theme: .terminal, depth: .mono)
    buffer.drawPane(
      Rect(width: 10, height: 3), title: "A", isFocused: true, glyphs: .blocks, sheet: sheet)
    let inside = buffer.drawPane(
      Rect(x: 10, y: 0, width: 10, height: 3), title: "B", glyphs: .blocks, sheet: sheet)
    #expect(buffer[0, 0].style.bold)
    #expect(!buffer[10, 0].style.bold)
    #expect(inside == Rect(x: 11, y: 1, width: 8, height: 1))
  }
}
