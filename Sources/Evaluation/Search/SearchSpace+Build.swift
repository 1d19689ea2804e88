import Execution
import Foundation
import ModelCompression
import NetworkGraph
import OrderedCollections
import Synchronization
import Tensors

extension SearchSpace {
  /// Most settings that are kept of an item: neighbours differ by a quarter of their size.
  private static let mostChoices = 13

  /// Tries every setting on every free layer's weights and keeps those that no other beats.
  ///
  /// - Throws: ``EngineError`` when the search names layers or settings that are not possible.
  static func build(
    _ search: PlanSearch, model: OpenedModel, compressor: PlanCompressor, pool: WorkerPool,
    progress: @escaping @Sendable (Double) -> Void
  ) async throws -> SearchSpace {
    let base = try search.start.resolved(for: model.layers).settings
    let members = try self.members(search, layers: model.layers)
    let grid = try self.grid(search)
    let most = grid.max { $0.amount < $1.amount }
    try await pool.forEach(1) { _ in
      try compressor.prepareCalibration(for: base, isCancelled: { false })
      guard let most else { return }
      try compressor.prepareCalibration(
        for: base.map { Self.setting(most, base: $0) }, isCancelled: { false })
    }
    let effective = try compressor.effectiveSettings(base, seed: search.start.seed ?? 0)
    let multiplyAdds = try costs(search.goal, model)
    @Sendable func profile(
      _ layer: Int, _ setting: EffectiveSetting
    ) throws(EngineError) -> Profile {
      let made = try compressor.compress(layer, setting)
      let share = 1 - made.sparsity
      return Profile(
        bytes: made.size.best,
        cost: multiplyAdds.map { Int((Double($0[layer]) * share).rounded(.up)) } ?? made.size.best,
        error: made.relativeError(original: compressor.weights[layer]))
    }
    let free = members.flatMap { $0 }
    let cells = Mutex([[Profile?]](repeating: [], count: model.layers.count))
    cells.withLock { cells in
      for layer in free { cells[layer] = grid.map { _ in nil } }
    }
    let bad = Mutex<[Int: EngineError]>([:])
    let done = Mutex(0)
    try await pool.forEach(free.count * grid.count) { index in
      let (layer, place) = (free[index / grid.count], index % grid.count)
      do throws(EngineError) {
        let setting = EffectiveSetting(Self.setting(grid[place], base: base[layer]))
        let made = try profile(layer, setting)
        cells.withLock { $0[layer][place] = made }
      } catch {
        // A layer with weights that can't be compressed is left alone, as `null` in a plan.
        guard error.code == .notFinite else { throw error }
        bad.withLock { $0[layer] = error }
      }
      // Told with the lock held, so that the figures come in order.
      done.withLock { count in
        count += 1
        progress(Double(count) / Double(free.count * grid.count))
      }
    }
    let left = bad.withLock { $0 }
    let profiles: [[Profile]?] = cells.withLock { cells in
      cells.enumerated().map { index, row in
        row.isEmpty || left[index] != nil ? nil : row.compactMap { $0 }
      }
    }
    return try assemble(
      members: members.filter { $0.allSatisfy { left[$0] == nil } }, profiles, grid, base,
      fixed: { layer throws(EngineError) in try profile(layer, effective[layer]) }, model,
      notices: left.sorted { $0.key < $1.key }.map { "left alone: \($0.value.message)" })
  }

  private static func assemble(
    members: [[Int]], _ profiles: [[Profile]?], _ grid: [GridSetting], _ base: [LayerSetting],
    fixed: (Int) throws(EngineError) -> Profile, _ model: OpenedModel, notices: [String]
  ) throws(EngineError) -> SearchSpace {
    guard !members.isEmpty else {
      throw EngineError(
        .invalidArgument, problem: "no layer is left to search over",
        remedy: "Pin fewer layers")
    }
    let free = Set(members.flatMap { $0 })
    let items = members.map { layers in
      Item(
        layers: layers,
        choices: kept(
          grid.compactMap { choice($0, layers: layers, grid, profiles) }))
    }
    var (cost, bytes) = (0, model.fileBytes)
    for (index, layer) in model.layers.enumerated() {
      bytes -= layer.parameters * 4
      guard !free.contains(index) else { continue }
      let profile = try fixed(index)
      cost += profile.cost
      bytes += profile.bytes
    }
    return SearchSpace(
      items: items, profiles: profiles, grid: grid, fixedCost: cost, fixedBytes: bytes, base: base,
      notices: notices)
  }

  /// The choices that are worth measuring: leaving the item alone, then those that no other beats in
  /// both cost and error, spread evenly over the orders of magnitude.
  private static func kept(_ all: [Choice]) -> [Choice] {
    guard let top = all.first else { return all }
    var front: [Choice] = []
    for choice in all.filter({ $0.cost < top.cost }).sorted(by: {
      ($0.cost, $0.error) < ($1.cost, $1.error)
    })
    where choice.error < front.last?.error ?? .infinity {
      front.append(choice)
    }
    while front.count > mostChoices - 1 {
      let gaps = (1..<front.count - 1).map { index in
        Double(front[index + 1].cost) / Double(max(front[index - 1].cost, 1))
      }
      let narrowest = gaps.indices.min { gaps[$0] < gaps[$1] } ?? 0
      front.remove(at: narrowest + 1)
    }
    return [top] + front.reversed()
  }

  /// All settings, leaving the layer alone first.
  private static func grid(_ search: PlanSearch) throws(EngineError) -> [GridSetting] {
    for bits in search.bits where !WeightQuantization.allowedBits.contains(bits) {
      throw EngineError(
        .invalidArgument, subject: "bits", problem: "\(bits) bits are not possible",
        remedy: "Choose from 2 to 8, and 16")
    }
    for amount in search.amounts where !(0..<1).contains(amount) {
      throw EngineError(
        .invalidArgument, subject: "pruning amounts",
        problem: "\(amount) is not from 0 to less than 1", remedy: "70 % is written 0.7")
    }
    let amounts = OrderedSet(search.amounts.isEmpty ? [0] : search.amounts).sorted()
    // Bits change no multiply-adds: for those the start plan's are kept.
    var bits: [Int?] = OrderedSet(search.bits).sorted(by: >)
    var top = GridSetting(bits: nil, amount: 0, isUntouched: true)
    if case .maxMultiplyAdds = search.goal {
      bits = []
      top.isUntouched = false
    }
    if bits.isEmpty { bits = [nil] }
    var grid = [top]
    for bits in bits {
      for amount in amounts where bits != nil || amount > 0 {
        grid.append(GridSetting(bits: bits, amount: amount))
      }
    }
    guard grid.count > 1 else {
      throw EngineError(
        .invalidArgument, problem: "there is nothing to choose from",
        remedy: "Give bits, pruning amounts above 0, or both")
    }
    return grid
  }

  /// Multiply-adds of each layer where they are what the goal counts; nil otherwise.
  private static func costs(
    _ goal: PlanSearch.Goal, _ model: OpenedModel
  ) throws(EngineError) -> [Int]? {
    guard case .maxMultiplyAdds = goal else { return nil }
    let known = model.summary.layers.map(\.multiplyAdds)
    guard known.allSatisfy({ $0 != nil }) else {
      throw EngineError(
        .unsupported, subject: "multiply-adds",
        problem: "are not known: the model's input shapes are not fixed",
        remedy: "Give a size or an average bit width instead")
    }
    return known.map { $0 ?? 0 }
  }

  /// The layers of each item, in graph order: groups, and the other free layers by themselves.
  private static func members(
    _ search: PlanSearch, layers: [CompressibleLayer]
  ) throws(EngineError) -> [[Int]] {
    var places: [String: Int] = [:]
    for (index, layer) in layers.enumerated() { places[layer.name] = index }
    func place(_ name: String) throws(EngineError) -> Int {
      if let place = places[name] { return place }
      throw EngineError(
        .invalidArgument, subject: "layer '\(name)'", problem: "is not in the model",
        remedy: "Names are those that `weightbench inspect` prints")
    }
    // A start plan may be for a relative of the model: names of its own that fit nothing are noted
    // when it is resolved.
    var taken = Set(search.start.pinned.compactMap { places[$0] })
    for name in search.pinned { taken.insert(try place(name)) }
    var result: [[Int]] = []
    for group in search.groups {
      var members: [Int] = []
      for name in group {
        let layer = try place(name)
        guard taken.insert(layer).inserted else {
          throw EngineError(
            .invalidArgument, subject: "layer '\(name)'",
            problem: "is in a group, and pinned or in another group as well",
            remedy: "Name it once")
        }
        members.append(layer)
      }
      if !members.isEmpty { result.append(members.sorted()) }
    }
    for index in layers.indices where !taken.contains(index) { result.append([index]) }
    return result.sorted { ($0.first ?? 0) < ($1.first ?? 0) }
  }
}

extension CompressedWeights {
  /// Squared error relative to the square of the original weights: sum (w - v)^2 / sum w^2.
  func relativeError(original: Tensor) -> Double {
    let ratio = signalToNoise(original: original)
    return ratio == .infinity ? 0 : pow(10, -ratio / 10)
  }
}
