/// Which rows of a long list show, given the selected one.
public struct ListWindow: Sendable, Hashable {
  /// The rows of the list.
  public private(set) var count: Int
  /// The selected row; 0 in an empty list.
  public private(set) var selected: Int
  /// The row at the top.
  public private(set) var top: Int
  /// The rows that fit.
  public private(set) var height: Int
  /// How many rows stay visible above and below the selected one, where there is room.
  public var margin: Int

  /// Makes a window at the top of a list.
  public init(count: Int = 0, height: Int = 0, selected: Int = 0, margin: Int = 1) {
    self.count = max(0, count)
    self.height = max(0, height)
    self.margin = max(0, margin)
    self.selected = 0
    top = 0
    select(selected)
  }

  /// The rows that show.
  public var visible: Range<Int> { top..<min(count, top + height) }

  /// Whether there are rows above or below those that show.
  public var isScrollable: Bool { count > height }

  /// Selects a row, the nearest there is, and scrolls as little as shows it.
  public mutating func select(_ row: Int) {
    selected = min(max(row, 0), max(0, count - 1))
    follow()
  }

  /// Selects the row so many further down, or up.
  public mutating func move(by rows: Int) {
    let (sum, overflow) = selected.addingReportingOverflow(rows)
    select(overflow ? (rows > 0 ? count : 0) : sum)
  }

  /// Moves by pages, of one row less than fit.
  public mutating func page(by pages: Int) { move(by: pages * max(1, height - 1)) }

  /// Takes a new number of rows or a new height and keeps the selected row in sight.
  public mutating func resize(count: Int? = nil, height: Int? = nil) {
    if let count { self.count = max(0, count) }
    if let height { self.height = max(0, height) }
    select(selected)
  }

  /// Scrolls without selecting another row unless the selected one leaves the window.
  public mutating func scroll(by rows: Int) {
    top = min(max(top + rows, 0), max(0, count - height))
    guard height > 0 else { return }
    selected = min(max(selected, top), max(0, min(count, top + height) - 1))
  }

  /// The row of the list at a row of the window; `nil` past the end.
  public func row(at offset: Int) -> Int? {
    offset >= 0 && offset < height && top + offset < count ? top + offset : nil
  }

  /// The rows of the scroll bar's thumb within the window's height; empty where all rows show.
  public var thumb: Range<Int> {
    guard isScrollable, height > 0 else { return 0..<0 }
    let length = max(1, height * height / count)
    let room = height - length
    let start = count == height ? 0 : (top * room + (count - height) / 2) / (count - height)
    return start..<(start + length)
  }

  private mutating func follow() {
    guard height > 0 else {
      top = min(top, max(0, count - 1))
      return
    }
    let margin = min(margin, (height - 1) / 2)
    if selected - margin < top { top = selected - margin }
    if selected + margin >= top + height { top = selected + margin - height + 1 }
    top = min(max(top, 0), max(0, count - height))
  }
}
