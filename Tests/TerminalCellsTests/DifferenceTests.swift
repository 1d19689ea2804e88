import TerminalCells
import TestSupport
import Testing

@Suite struct DifferenceTests {
  private func buffer(_ text: String, width: Int = 8) -> CellBuffer {
    var buffer = CellBuffer(width: width, height: 1)
    buffer.put(text, x: 0, y: 0)
    return buffer
  }

  @Test func equalBuffersDifferNowhere() {
    #expect(buffer("abc漢").diff(from: buffer("abc漢")).isEmpty)
  }

  @Test func runsHoldWhatChanged() {
    let runs = buffer("abXdefYZ").diff(from: buffer("abcdefgh"))
    #expect(
      runs == [
        CellRun(x: 2, y: 0, cells: [Cell("X")]),
        CellRun(x: 6, y: 0, cells: [Cell("Y"), Cell("Z")]),
      ])
  }

  @Test func otherSizesDifferEverywhere() {
    let runs = buffer("ab", width: 2).diff(from: buffer("ab", width: 3))
    #expect(runs == [CellRun(x: 0, y: 0, cells: [Cell("a"), Cell("b")])])
    #expect(buffer("ab", width: 2).diff(from: nil) == runs)
    #expect(CellBuffer(width: 0, height: 4).diff(from: nil).isEmpty)
    #expect(CellBuffer(width: 4, height: 0).diff(from: nil).isEmpty)
  }

  @Test func wideCharactersComeWithBothHalves() {
    let toWide = buffer("a漢b").diff(from: buffer("axyb"))
    #expect(toWide.count == 1)
    #expect(toWide.first?.x == 1)
    #expect(toWide.first?.cells.map(\.width) == [2, 0])
    let toNarrow = buffer("axyb").diff(from: buffer("a漢b"))
    #expect(toNarrow == [CellRun(x: 1, y: 0, cells: [Cell("x"), Cell("y")])])
  }

  @Test func aRestyledSecondHalfBringsTheFirst() {
    let before = buffer("a漢b")
    var after = before
    after.restyle(Rect(x: 2, y: 0, width: 1, height: 1)) { $0.bold = true }
    let runs = after.diff(from: before)
    #expect(runs.count == 1)
    #expect(runs.first?.x == 1)
    #expect(runs.first?.cells.count == 2)
  }

  @Test func applyingTheRunsGivesTheNewBuffer() {
    var random = SeededGenerator(seed: 7)
    let alphabet: [Character] = ["a", "b", " ", "漢", "字", "é"]
    for _ in 0..<200 {
      var old = CellBuffer(width: 12, height: 2)
      var new = CellBuffer(width: 12, height: 2)
      for y in 0..<2 {
        for x in 0..<12 {
          old[x, y] = Cell(alphabet[Int.random(in: alphabet.indices, using: &random)])
          new[x, y] = Cell(alphabet[Int.random(in: alphabet.indices, using: &random)])
        }
      }
      var shown = old
      for run in new.diff(from: old) {
        for (offset, cell) in run.cells.enumerated() { shown[run.x + offset, run.y] = cell }
      }
      #expect(shown == new)
    }
  }
}
