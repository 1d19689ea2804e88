import ModelCompression
import Tensors

/// What a scan runs, worked out before it starts: its cells, and the groups whose checkpoints are
/// made in one run.
struct ScanWork: Sendable {
  /// One cell that is measured.
  struct Cell: Sendable {
    /// Its number in the table.
    var index: Int
    /// Its number among the cells that are measured.
    var place = 0
    /// Row of the table.
    var row: Int
    /// Column of the table.
    var column: Int
    /// The layer's place among the model's layers.
    var layer: Int
    /// The node in front of which its runs start.
    var position: Int
    /// Relative cost of its runs.
    var cost: Double
  }

  /// Cells that start from checkpoints of one run.
  struct Group: Sendable {
    /// The setting that all layers have in that run; nil for the original network.
    var host: Int?
    /// The cells, one list for each layer, the most telling layers and cells first.
    var layers: [[Cell]]

    /// The nodes in front of which checkpoints are needed, ascending.
    var positions: [Int] { Set(layers.compactMap { $0.first?.position }).sorted() }
  }

  let model: OpenedModel
  let scan: SensitivityScan
  /// The model's layers that are rows of the table.
  let rows: [Int]
  /// All cells that are measured, in table order.
  let cells: [Cell]

  /// - Throws: ``EngineError`` when the scan names layers or settings that there are not.
  init(model: OpenedModel, scan: SensitivityScan) throws(EngineError) {
    self.model = model
    self.scan = scan
    rows = try Self.rows(model, scan.layers)
    guard !scan.settings.isEmpty else {
      throw EngineError(
        .invalidArgument, subject: "scan", problem: "there are no settings to measure",
        remedy: "Give amounts with --prune or bit widths with --bits")
    }
    guard Set(scan.settings).count == scan.settings.count else {
      throw EngineError(
        .invalidArgument, subject: "scan", problem: "a setting is listed twice",
        remedy: "List each amount and bit width once")
    }
    let costs = Self.suffixCosts(model)
    var cells: [Cell] = []
    for (row, layer) in rows.enumerated() {
      for column in scan.settings.indices {
        cells.append(
          Cell(
            index: row * scan.settings.count + column, row: row, column: column, layer: layer,
            position: model.layers[layer].nodes.first ?? 0, cost: costs[layer]))
      }
    }
    if let shard = scan.shard {
      guard shard.count > 0, (0..<shard.count).contains(shard.index) else {
        throw EngineError(
          .invalidArgument, subject: "shard \(shard.index) of \(shard.count)",
          problem: "is not possible", remedy: "Shards count from 1 to the number of shards")
      }
      cells = cells.filter { $0.index % shard.count == shard.index }
    }
    for place in cells.indices { cells[place].place = place }
    self.cells = cells
  }

  private static func rows(
    _ model: OpenedModel, _ names: [String]?
  ) throws(EngineError) -> [Int] {
    guard let names else { return Array(model.layers.indices) }
    for name in names where !model.layers.contains(where: { $0.name == name }) {
      throw EngineError(
        .invalidArgument, subject: "layer '\(name)'", problem: "is not in the model",
        remedy: "`weightbench inspect` lists the layers")
    }
    let wanted = Set(names)
    return model.layers.indices.filter { wanted.contains(model.layers[$0].name) }
  }

  /// For each layer, the share of the network from it on, by multiply-adds where they are known.
  private static func suffixCosts(_ model: OpenedModel) -> [Double] {
    let known = model.summary.layers.map { Double($0.multiplyAdds ?? 1) }
    let total = max(known.reduce(0, +), 1)
    var costs = [Double](repeating: 0, count: known.count)
    var suffix = 0.0
    for index in known.indices.reversed() {
      suffix += known[index] / total
      // What every run costs, however short.
      costs[index] = suffix + 0.01
    }
    return costs
  }

  /// The cells in groups whose checkpoints of one batch fit `byteLimit`.
  ///
  /// - Parameters:
  ///   - bytes: Bytes of a checkpoint of one batch by position.
  ///   - rank: Orders cells, the most telling first.
  func groups(
    bytes: [Int: Int], byteLimit: Int, rank: (Cell) -> Double
  ) -> [Group] {
    let hosts: [Int?] =
      scan.direction == .alone ? [nil] : scan.settings.indices.map { Optional($0) }
    return hosts.flatMap { host -> [Group] in
      let mine = cells.filter { host == nil || $0.column == host }
      let byRow = Dictionary(grouping: mine, by: \.row)
      var parts: [[[Cell]]] = []
      var held = Int.max
      // Layers side by side share a run; inside a part the telling ones come first.
      for row in byRow.keys.sorted() {
        let list = (byRow[row] ?? []).sorted { (rank($1), $0.column) < (rank($0), $1.column) }
        let size = list.first.flatMap { bytes[$0.position] } ?? 0
        if held > byteLimit - size {
          parts.append([])
          held = 0
        }
        held += size
        parts[parts.count - 1].append(list)
      }
      return parts.map { part in
        Group(
          host: host,
          layers: part.sorted { a, b in
            let (x, y) = (a.map(rank).max() ?? 0, b.map(rank).max() ?? 0)
            return (y, a.first?.row ?? 0) < (x, b.first?.row ?? 0)
          })
      }
    }
  }

  /// The weights that stand in for the graph's own in a run of all layers at a setting but one.
  ///
  /// - Parameters:
  ///   - host: The setting of all layers; nil for the original network.
  ///   - cell: The cell whose layer differs; nil for none.
  func weights(
    host: Int?, cell: Cell?, from store: ScanWeights
  ) throws(EngineError) -> [String: Tensor] {
    var result: [String: Tensor] = [:]
    if let host {
      for (index, layer) in model.layers.enumerated() where index != cell?.layer {
        result[layer.weight] = try store.tensor(layer: index, setting: host)
      }
    } else if let cell {
      result[model.layers[cell.layer].weight] = try store.tensor(
        layer: cell.layer, setting: cell.column)
    }
    return result
  }
}
