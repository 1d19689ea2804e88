extension CellBuffer {
  /// Puts text on one row and cuts it at the edge or after a number of cells.
  ///
  /// Text from outside is made drawable (see ``TextWidth``). A wide character that does not fit
  /// wholly is left out.
  ///
  /// - Returns: The cells the text took, including those cut off at the left edge.
  @discardableResult
  public mutating func put(
    _ text: some StringProtocol, x: Int, y: Int, style: Style = .plain, maxWidth: Int? = nil
  ) -> Int {
    let limit = min(width, maxWidth.map { x + max(0, $0) } ?? width)
    guard y >= 0, y < height else { return 0 }
    var column = x
    for character in text {
      guard column < limit else { break }
      guard let safe = TextWidth.drawable(character) else { continue }
      let cells = TextWidth.drawnCells(of: safe)
      guard column + cells <= limit else { break }
      if column >= 0 {
        self[column, y] = Cell(safe, style: style)
      } else if column + cells > 0 {
        self[0, y] = Cell(" ", style: style)
      }
      column += cells
    }
    return column - x
  }

  /// Puts pieces of text one after the other and returns the cells they took.
  @discardableResult
  public mutating func put(_ pieces: [StyledText], x: Int, y: Int, maxWidth: Int? = nil) -> Int {
    var used = 0
    for piece in pieces {
      let room = maxWidth.map { $0 - used }
      if let room, room <= 0 { break }
      used += put(piece.text, x: x + used, y: y, style: piece.style, maxWidth: room)
    }
    return used
  }

  /// Puts text on a row of a rectangle, counted from its top, cut to the rectangle.
  @discardableResult
  public mutating func put(
    _ text: some StringProtocol, in rect: Rect, row: Int = 0, style: Style = .plain,
    alignment: TextAlignment = .leading
  ) -> Int {
    guard row >= 0, row < rect.height else { return 0 }
    let free = max(0, rect.width - TextWidth.cells(of: text))
    let shift =
      switch alignment {
      case .leading: 0
      case .center: free / 2
      case .trailing: free
      }
    return put(
      text, x: rect.x + shift, y: rect.y + row, style: style, maxWidth: rect.width - shift)
  }

  /// Puts pieces of text on a row of a rectangle, counted from its top, cut to the rectangle.
  @discardableResult
  public mutating func put(_ pieces: [StyledText], in rect: Rect, row: Int = 0) -> Int {
    guard row >= 0, row < rect.height else { return 0 }
    return put(pieces, x: rect.x, y: rect.y + row, maxWidth: rect.width)
  }
}
