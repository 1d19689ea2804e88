import Evaluation
import ModelCompression
import TerminalCells

extension WorkbenchState {
  /// Opens the form, or how far the search has come while one runs.
  mutating func openSearch() -> [Effect] {
    overlay = .search(SearchForm())
    return []
  }

  /// Whether the search form may ask for multiply-adds.
  var knowsMultiplyAdds: Bool {
    model?.layers.contains { ($0.multiplyAdds ?? 0) > 0 } == true
  }

  /// Gives a key to the form or to the running search.
  mutating func press(_ key: KeyPress, in form: SearchForm) -> [Effect] {
    if search.isRunning { return pressInSearch(key) }
    var form = form
    form.problem = nil
    switch (key.name, form.field) {
    case ("Esc", _), ("Enter", .cancel), ("Space", .cancel):
      overlay = .none
      return []
    case ("Tab", _), ("Down", _): form.moveField(1)
    case ("S-Tab", _), ("Up", _): form.moveField(-1)
    case ("Enter", .start), ("Space", .start): return startSearch(form)
    case ("Enter", _): form.moveField(1)
    case ("Space", .goal), ("Right", .goal), ("l", .goal):
      form.moveGoal(1, hasMultiplyAdds: knowsMultiplyAdds)
    case ("Left", .goal), ("h", .goal): form.moveGoal(-1, hasMultiplyAdds: knowsMultiplyAdds)
    case (_, .value): form.value.handle(key)
    case (_, .bits): form.bits.handle(key)
    case (_, .amounts): form.amounts.handle(key)
    case ("Left", .start), ("Right", .start): form.field = .cancel
    case ("Left", .cancel), ("Right", .cancel): form.field = .start
    default: break
    }
    overlay = .search(form)
    return []
  }

  private mutating func pressInSearch(_ key: KeyPress) -> [Effect] {
    switch key.name {
    case "Esc":
      overlay = .none
      return stopSearch()
    case "Enter", "f", "q":
      overlay = .none
      say("the search goes on; f shows it")
      return []
    case "P":
      overlay = .none
      view = .board
      return []
    default: return []
    }
  }

  private mutating func startSearch(_ form: SearchForm) -> [Effect] {
    var form = form
    form.problem = problem(of: form)
    guard form.problem == nil, let number = form.number, let bits = form.bitList,
      let amounts = form.amountList
    else {
      overlay = .search(form)
      return []
    }
    let goal: PlanSearch.Goal
    switch form.goal {
    case .size:
      let bytes = model?.fileBytes ?? sizes?.value.originalFile ?? 0
      goal = .maxSize(bytes: Int((Double(bytes) * number / 100).rounded(.down)))
    case .bits: goal = .averageBits(number)
    case .multiplyAdds:
      let all = model?.layers.reduce(0) { $0 + ($1.multiplyAdds ?? 0) } ?? 0
      goal = .maxMultiplyAdds(Int((Double(all) * number / 100).rounded(.down)))
    case .drop: goal = .maxDrop(points: number)
    }
    search.number += 1
    search.isRunning = true
    search.progress = nil
    search.startTime = time
    search.goalText = "\(form.goal.title) \(Figures.plainPercent(number)) \(form.goal.unit)"
    let request = PlanSearch(
      goal: goal, bits: bits, amounts: amounts, pinned: unmarkedLayers, start: plan)
    search.search = request
    overlay = .search(form)
    return [.search(request, number: search.number)]
  }

  /// While layers are marked, the others: a search leaves them alone.
  var unmarkedLayers: [String] {
    guard let model, !marked.isEmpty else { return [] }
    return model.layers.indices.filter { !marked.contains($0) }.map { model.layers[$0].layer.name }
  }

  private func problem(of form: SearchForm) -> String? {
    guard let number = form.number else { return "the goal needs a number above 0" }
    if [.size, .multiplyAdds].contains(form.goal), number > 100 {
      return "the goal is a share: at most 100 %"
    }
    if form.goal == .bits, !(0.1...32).contains(number) { return "average bits are 0.1 ... 32" }
    guard let bits = form.bitList,
      bits.allSatisfy({ WeightQuantization.allowedBits.contains($0) })
    else {
      let all = WeightQuantization.allowedBits.map(String.init).joined(separator: " ")
      return "bits are some of \(all)"
    }
    guard let amounts = form.amountList else { return "amounts are percentages 0 ... 100" }
    if bits.isEmpty && amounts.allSatisfy({ $0 == 0 }) {
      return "allow at least one bit width or amount"
    }
    return nil
  }

  /// Stops the search and takes the best plan so far.
  mutating func stopSearch() -> [Effect] {
    search.isRunning = false
    guard let progress = search.progress, progress.metrics != nil else {
      say("search stopped before a plan was measured; the plan stays as it is")
      return [.cancelSearch]
    }
    let size = Figures.bytes(progress.bytes)
    let images = Figures.grouped(progress.metrics?.images ?? 0)
    let quality = qualityText(progress.metrics)
    say(
      "search stopped: the best so far is taken, \(size), \(quality) on the \(images) images "
        + "searched on; u undoes")
    guard progress.best != plan else { return [.cancelSearch] }
    return [.cancelSearch] + take(progress.best, label: "best plan of a stopped search")
  }

  /// Takes what a search answered.
  mutating func takeSearch(_ message: Message) -> [Effect] {
    switch message {
    case .searchProgress(let number, let progress):
      guard number == search.number, search.isRunning else { return [] }
      search.progress = progress
      addFront(progress.front)
    case .searchFinished(let number, let result):
      guard number == search.number, search.isRunning else { return [] }
      return finishSearch(result)
    case .searchCancelled(let number):
      if number == search.number { endSearch() }
    case .searchFailed(let number, let error):
      guard number == search.number, search.isRunning else { return [] }
      endSearch()
      say("search: \(error.description)", .error)
    default: break
    }
    return []
  }

  private mutating func endSearch() {
    search.isRunning = false
    if case .search = overlay { overlay = .none }
  }

  private mutating func finishSearch(_ result: SearchResult) -> [Effect] {
    endSearch()
    addFront(result.front)
    for notice in result.notices { say("search: \(notice)", .warning) }
    let size = Figures.bytes(result.bytes)
    let report =
      "search: \(size), \(qualityText(result.metrics)) on \(Figures.grouped(result.reportImages)) "
      + "images it did not search on (searched on \(Figures.grouped(result.searchImages)))"
    guard result.plan != plan else {
      say("\(report): the plan as it is")
      return []
    }
    say("\(report); u undoes")
    return take(result.plan, label: "plan found by a search, \(size)")
  }

  private func qualityText(_ metrics: PreviewMetrics?) -> String {
    guard let metrics else { return "not measured" }
    let headline = metrics.headline
    return "\(headline.name) \(headline.text(headline.plan))"
  }

  /// Puts a search's front on the board in place of what the search put there before.
  private mutating func addFront(_ front: [FrontPoint]) {
    let selected = points.indices.contains(board.point) ? points[board.point].plan : nil
    points.removeAll { $0.search == search.number }
    guard let model else { return }
    let layers = model.layers.map(\.layer)
    for point in front {
      guard let quality = point.headline.quality,
        !points.contains(where: { $0.plan == point.plan }),
        let settings = try? point.plan.resolved(for: layers).settings
      else { continue }
      points.append(
        MeasuredPoint(
          plan: point.plan, storedBytes: point.bytes, quality: quality, images: point.images,
          search: search.number, summary: planSummary(settings)))
    }
    if let selected, let index = points.firstIndex(where: { $0.plan == selected }) {
      board.point = index
    }
  }
}
