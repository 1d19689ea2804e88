import TerminalCells
import Testing

@Suite struct CellBufferTests {
  @Test func textIsPutAndCutAtTheEdges() {
    var buffer = CellBuffer(width: 6, height: 2)
    #expect(buffer.put("abcdefgh", x: 2, y: 0) == 4)
    #expect(buffer.put("xyz", x: -1, y: 1) == 3)
    #expect(buffer.put("no", x: 0, y: 2) == 0)
    #expect(buffer.put("no", x: 0, y: -1) == 0)
    #expect(buffer.put("no", x: 6, y: 0) == 0)
    #expect(buffer.text == "  abcd\nyz")
  }

  @Test func maximalWidthCutsBeforeAWideCharacterThatDoesNotFit() {
    var buffer = CellBuffer(width: 10, height: 1)
    #expect(buffer.put("a漢字", x: 0, y: 0, maxWidth: 4) == 3)
    #expect(buffer.text == "a漢")
    #expect(buffer.put("b", x: 0, y: 0, maxWidth: 0) == 0)
    #expect(buffer.put("b", x: 0, y: 0, maxWidth: -3) == 0)
    #expect(buffer.text == "a漢")
  }

  @Test(arguments: [(0, "b 字"), (1, " b字"), (2, "漢b"), (3, "漢 b")])
  func drawingOverHalfOfAPairBlanksTheOther(column: Int, expected: String) {
    var buffer = CellBuffer(width: 6, height: 1)
    buffer.put("漢字", x: 0, y: 0)
    buffer.put("b", x: column, y: 0)
    #expect(buffer.text == expected)
  }

  @Test func aWideCharacterOverTwoHalvesBlanksBothNeighbours() {
    var buffer = CellBuffer(width: 6, height: 1)
    buffer.put("漢字", x: 0, y: 0)
    buffer.put("中", x: 1, y: 0)
    #expect(buffer.text == " 中")
    #expect(buffer[2, 0].isContinuation)
    #expect(buffer[3, 0] == .blank)
  }

  @Test func aWideCharacterAtTheEdgesIsABlank() {
    var buffer = CellBuffer(width: 3, height: 1, fill: Cell("."))
    buffer.put("漢", x: -1, y: 0)
    buffer[2, 0] = Cell("字")
    #expect(buffer.text == " .")
  }

  @Test(arguments: [(0, 0), (1, 1), (0, 5), (5, 0), (-3, -4)])
  func smallestBuffersTakeEverything(width: Int, height: Int) {
    var buffer = CellBuffer(width: width, height: height)
    buffer.put("漢字 text", x: 0, y: 0)
    buffer.fill(Rect(x: -2, y: -2, width: 9, height: 9), with: Cell("x"))
    buffer.restyle(Rect(width: 9, height: 9)) { $0.bold = true }
    buffer.drawBox(buffer.bounds, glyphs: .blocks, title: "title", trailingTitle: "right")
    buffer[3, 3] = Cell("y")
    #expect(buffer[7, 7] == .blank)
    let wanted = max(0, width) > 0 && max(0, height) > 0 ? "x" : ""
    #expect(buffer.text.filter { $0 != "\n" } == wanted)
    #expect(buffer.lines.count == max(0, height))
  }

  @Test func stylesAreKeptPerCell() {
    var buffer = CellBuffer(width: 4, height: 1)
    let red = Style(foreground: .ansi(1), bold: true)
    buffer.put([StyledText("ab", red), StyledText("cdef")], x: 0, y: 0)
    #expect(buffer[1, 0] == Cell("b", style: red))
    #expect(buffer[2, 0] == Cell("c"))
    buffer.restyle(Rect(x: 2, y: 0, width: 1, height: 1)) { $0.reverse = true }
    #expect(buffer[2, 0].style.reverse)
    #expect(!buffer[3, 0].style.reverse)
  }

  @Test func piecesShareTheWidth() {
    var buffer = CellBuffer(width: 8, height: 1)
    let pieces = [StyledText("abc"), StyledText("def"), StyledText("ghi")]
    #expect(buffer.put(pieces, x: 1, y: 0, maxWidth: 4) == 4)
    #expect(buffer.text == " abcd")
    #expect(buffer.put(pieces, in: Rect(x: 0, y: 0, width: 2, height: 1), row: 1) == 0)
  }

  @Test func textIsAlignedInRectangles() {
    var buffer = CellBuffer(width: 7, height: 3)
    let rect = Rect(x: 1, y: 0, width: 5, height: 3)
    buffer.put("ab", in: rect, row: 0)
    buffer.put("ab", in: rect, row: 1, alignment: .center)
    buffer.put("ab", in: rect, row: 2, alignment: .trailing)
    #expect(buffer.text == " ab\n  ab\n    ab")
    buffer.put("abcdefgh", in: rect, row: 2, alignment: .trailing)
    #expect(buffer.lines[2] == " abcde")
  }

  @Test func anotherBufferIsDrawnOntoThis() {
    var small = CellBuffer(width: 3, height: 1)
    small.put("漢a", x: 0, y: 0)
    var buffer = CellBuffer(width: 5, height: 2, fill: Cell("."))
    buffer.draw(small, x: 1, y: 1)
    buffer.draw(small, x: 3, y: 0)
    #expect(buffer.text == "...漢\n.漢a.")
  }

  @Test func stylesLieOverEachOther() {
    let selection = Style(foreground: .ansi(0), background: .ansi(6), bold: true)
    let loss = Style(foreground: .ansi(1), underline: true)
    let both = loss.over(selection)
    #expect(
      both == Style(foreground: .ansi(1), background: .ansi(6), bold: true, underline: true))
  }
}
