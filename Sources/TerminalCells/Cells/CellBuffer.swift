/// A screen of cells: what is drawn each time as a whole, and compared with what was there before.
///
/// Everything drawn outside is cut off; no size makes it fail. Drawing over one half of a wide
/// character blanks the other.
public struct CellBuffer: Sendable, Hashable {
  /// The columns.
  public let width: Int
  /// The rows.
  public let height: Int
  /// The cells, row after row.
  public private(set) var cells: [Cell]

  /// Makes a buffer filled with one cell; negative sizes count as 0.
  public init(width: Int, height: Int, fill: Cell = .blank) {
    self.width = max(0, width)
    self.height = max(0, height)
    cells = Array(repeating: fill, count: self.width * self.height)
  }

  /// All of it as a rectangle.
  public var bounds: Rect { Rect(width: width, height: height) }

  /// A cell; blank outside, where setting does nothing.
  ///
  /// Setting takes a wide character for both its cells, and a blank where the second does not fit.
  public subscript(x: Int, y: Int) -> Cell {
    get { contains(x, y) ? cells[y * width + x] : .blank }
    set {
      guard contains(x, y), !newValue.isContinuation else { return }
      let index = y * width + x
      releasePair(at: index, column: x)
      guard newValue.width == 2 else {
        cells[index] = newValue
        return
      }
      guard x + 1 < width else {
        cells[index] = Cell(" ", style: newValue.style)
        return
      }
      releasePair(at: index + 1, column: x + 1)
      cells[index] = newValue
      cells[index + 1] = Cell(Cell.continuationMark, style: newValue.style)
    }
  }

  /// Fills a part with a character of one cell.
  public mutating func fill(_ rect: Rect, with cell: Cell = .blank) {
    let part = rect.intersection(bounds)
    guard !part.isEmpty else { return }
    for y in part.y..<part.maxY {
      for x in part.x..<part.maxX { self[x, y] = cell }
    }
  }

  /// Fills a part with spaces of a style.
  public mutating func fill(_ rect: Rect, style: Style) {
    fill(rect, with: Cell(" ", style: style))
  }

  /// Changes the style of a part and leaves its characters.
  public mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let part = rect.intersection(bounds)
    guard !part.isEmpty else { return }
    for y in part.y..<part.maxY {
      for index in (y * width + part.x)..<(y * width + part.maxX) { change(&cells[index].style) }
    }
  }

  /// Copies another buffer onto this one with its upper left corner at a place.
  public mutating func draw(_ other: CellBuffer, x: Int, y: Int) {
    for row in 0..<other.height {
      for column in 0..<other.width { self[x + column, y + row] = other[column, row] }
    }
  }

  /// The rows as plain text, without trailing spaces.
  public var lines: [String] {
    (0..<height).map { y in
      var line = ""
      var spaces = 0
      for cell in cells[(y * width)..<((y + 1) * width)] where !cell.isContinuation {
        if cell.character == " " {
          spaces += 1
        } else {
          line += String(repeating: " ", count: spaces)
          line.append(cell.character)
          spaces = 0
        }
      }
      return line
    }
  }

  /// The whole as plain text: rows without trailing spaces, parted by line feeds.
  public var text: String { lines.joined(separator: "\n") }

  private func contains(_ x: Int, _ y: Int) -> Bool {
    x >= 0 && x < width && y >= 0 && y < height
  }

  /// Blanks the other half of a wide character before one half is drawn over.
  private mutating func releasePair(at index: Int, column: Int) {
    if cells[index].isContinuation && column > 0 {
      cells[index - 1].character = " "
    } else if column + 1 < width && cells[index + 1].isContinuation {
      cells[index + 1].character = " "
    }
  }
}
