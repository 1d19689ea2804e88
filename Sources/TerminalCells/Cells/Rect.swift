/// A rectangle of cells; never of negative size.
public struct Rect: Sendable, Hashable {
  /// The column of its left edge.
  public var x: Int
  /// The row of its upper edge.
  public var y: Int
  /// Its columns.
  public var width: Int
  /// Its rows.
  public var height: Int

  /// Makes a rectangle; negative sizes count as 0.
  public init(x: Int = 0, y: Int = 0, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// A rectangle of no cells.
  public static let empty = Rect(width: 0, height: 0)

  /// The first column right of it.
  public var maxX: Int { x + width }
  /// The first row below it.
  public var maxY: Int { y + height }
  /// Whether it has no cells.
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// Whether a cell lies in it.
  public func contains(x: Int, y: Int) -> Bool {
    x >= self.x && x < maxX && y >= self.y && y < maxY
  }

  /// The cells it shares with another.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(maxX, other.maxX) - left, height: min(maxY, other.maxY) - top)
  }

  /// The rectangle inside a margin on all sides.
  public func inset(by margin: Int = 1) -> Rect { inset(horizontal: margin, vertical: margin) }

  /// The rectangle inside margins left and right, above and below.
  public func inset(horizontal: Int, vertical: Int) -> Rect {
    Rect(
      x: x + min(horizontal, width), y: y + min(vertical, height),
      width: width - 2 * horizontal, height: height - 2 * vertical)
  }

  /// The left part of a number of columns, and the rest.
  public func splitLeft(_ columns: Int) -> (left: Rect, rest: Rect) {
    let part = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: part, height: height),
      Rect(x: x + part, y: y, width: width - part, height: height)
    )
  }

  /// The right part of a number of columns, and the rest.
  public func splitRight(_ columns: Int) -> (rest: Rect, right: Rect) {
    let (left, rest) = splitLeft(width - min(max(0, columns), width))
    return (left, rest)
  }

  /// The upper part of a number of rows, and the rest.
  public func splitTop(_ rows: Int) -> (top: Rect, rest: Rect) {
    let part = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: part),
      Rect(x: x, y: y + part, width: width, height: height - part)
    )
  }

  /// The lower part of a number of rows, and the rest.
  public func splitBottom(_ rows: Int) -> (rest: Rect, bottom: Rect) {
    let (top, rest) = splitTop(height - min(max(0, rows), height))
    return (top, rest)
  }

  /// One row of it, counted from its top; empty where there is none.
  public func row(_ index: Int) -> Rect {
    guard index >= 0, index < height else { return Rect(x: x, y: y, width: 0, height: 0) }
    return Rect(x: x, y: y + index, width: width, height: 1)
  }

  /// Its columns shared out to several parts with a gap between them; the first get what is over.
  public func columns(_ count: Int, gap: Int = 0) -> [Rect] {
    guard count > 0 else { return [] }
    let room = max(0, width - gap * (count - 1))
    var left = x
    return (0..<count).map { index in
      let part = room / count + (index < room % count ? 1 : 0)
      defer { left += part + gap }
      return Rect(x: min(left, maxX), y: y, width: part, height: height)
    }
  }

  /// A rectangle of a size in the middle of this one, cut to fit.
  public func centered(width: Int, height: Int) -> Rect {
    let columns = min(width, self.width)
    let rows = min(height, self.height)
    return Rect(
      x: x + (self.width - columns) / 2, y: y + (self.height - rows) / 2, width: columns,
      height: rows)
  }
}
