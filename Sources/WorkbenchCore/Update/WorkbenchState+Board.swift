import ModelCompression

extension WorkbenchState {
  /// The points of the board's list, by index, from top to bottom.
  var boardRows: [Int] {
    var rows = Array(points.indices)
    if board.showsFrontOnly {
      let front = ParetoFront(points)
      rows = rows.filter { front.isOnFront[$0] }
    }
    switch board.order {
    case .size:
      return rows.sorted {
        (points[$0].storedBytes, -points[$0].quality) < (
          points[$1].storedBytes, -points[$1].quality
        )
      }
    case .quality:
      return rows.sorted {
        (-points[$0].quality, points[$0].storedBytes) < (
          -points[$1].quality, points[$1].storedBytes
        )
      }
    case .time: return rows.reversed()
    }
  }

  /// The point whose plan is the current one; nil when it is not measured.
  var currentPoint: Int? { points.firstIndex { $0.plan == plan } }

  /// Rows of points that fit in the board's list.
  var boardHeight: Int {
    max(1, BoardLayout(columns: columns, rows: rows).list.height - 3)
  }

  mutating func keepBoardInSight() {
    let rows = boardRows
    guard let first = rows.first else { return }
    if !rows.contains(board.point) { board.point = first }
    board.scroll = Self.scrolled(
      board.scroll, selected: rows.firstIndex(of: board.point) ?? 0, count: rows.count,
      height: boardHeight)
  }

  /// Opens the board at the current plan, or goes back.
  mutating func toggleBoard() -> [Effect] {
    guard view != .board else { return leaveView() }
    view = .board
    if let current = currentPoint { board.point = current }
    return []
  }

  /// Moves to another point of the list.
  mutating func moveOnBoard(_ steps: Int) -> [Effect] {
    let rows = boardRows
    guard !rows.isEmpty else { return [] }
    let row = rows.firstIndex(of: board.point) ?? 0
    board.point = rows[min(max(0, row + steps), rows.count - 1)]
    return []
  }

  /// Sorts the list by the next order.
  mutating func nextBoardOrder() -> [Effect] {
    board.order = board.order.next
    say("plans \(board.order.title)")
    return []
  }

  /// Hides the plans that another one beats, or shows them.
  mutating func toggleFrontOnly() -> [Effect] {
    board.showsFrontOnly.toggle()
    say(board.showsFrontOnly ? "plans on the front only" : "all measured plans")
    return []
  }

  /// Makes the selected point's plan the current one.
  mutating func restorePoint() -> [Effect] {
    guard points.indices.contains(board.point) else { return [] }
    let point = points[board.point]
    guard point.plan != plan else {
      say("this is the current plan")
      return []
    }
    let size = Figures.bytes(point.storedBytes)
    say("restored the plan of \(size), \(Figures.fixed(point.quality * 100, 1)) %; u undoes")
    return take(point.plan, label: "plan of \(size) restored")
  }

  /// Makes a whole plan the current one, as one step of the history.
  mutating func take(_ plan: CompressionPlan, label: String) -> [Effect] {
    history.record(plan, label: label, time: time)
    resolveSettings()
    return planChanged()
  }

  /// Adds a point, or renews the one of the same plan.
  mutating func addPoint(_ point: MeasuredPoint) {
    if let index = points.firstIndex(where: { $0.plan == point.plan }) {
      points[index] = point
    } else {
      points.append(point)
    }
  }

  /// What settings do to the model as a whole: `3.4 bits, 45 % pruned, 20 of 20 layers`.
  func planSummary(_ settings: [LayerSetting]) -> String {
    guard let model, settings.count == model.layers.count else { return "" }
    let touched = settings.count { !$0.isUntouched }
    guard touched > 0 else { return "original weights" }
    let weights = model.layers.map { Double($0.layer.parameters) }
    let total = max(1, weights.reduce(0, +))
    let bits = zip(settings, weights).reduce(0.0) { $0 + Double($1.0.weights?.bits ?? 32) * $1.1 }
    let pruned = zip(settings, weights).reduce(0.0) { $0 + $1.0.prunePercent * $1.1 }
    var parts: [String] = []
    if settings.contains(where: { $0.weights != nil }) {
      parts.append("\(Figures.fixed(bits / total, 1)) bits")
    }
    if pruned > 0 {
      let share = pruned / total
      parts.append(share < 0.5 ? "<1 % pruned" : "\(Figures.fixed(share, 0)) % pruned")
    }
    if touched < settings.count { parts.append("\(touched) of \(settings.count) layers") }
    return parts.joined(separator: ", ")
  }
}
