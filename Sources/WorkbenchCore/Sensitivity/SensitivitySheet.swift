import Evaluation
import ModelCompression

/// The sensitivity table as it is looked at: which rows, which columns, what is within the budget.
///
/// Derived from the state for one message or one picture, by update and by render alike.
struct SensitivitySheet {
  let sensitivity: SensitivityState
  let settings: [LayerSetting]
  let measure: SensitivityMeasure
  /// Layers by index, top to bottom.
  private(set) var rows: [Int]
  private let rowOfLayer: [Int: Int]
  private let parameters: [Int]

  init(_ state: WorkbenchState) {
    let sensitivity = state.sensitivity
    self.sensitivity = sensitivity
    settings = sensitivity.table?.settings ?? SensitivityState.settings
    measure = Self.shownMeasure(state)
    var rowOfLayer: [Int: Int] = [:]
    for (row, layer) in (sensitivity.table?.layers ?? []).enumerated() {
      rowOfLayer[layer.index] = row
    }
    self.rowOfLayer = rowOfLayer
    parameters = state.model?.layers.map(\.layer.parameters) ?? []
    let shown = state.shownLayers.sorted()
    rows = shown
    if sensitivity.order != .graph { rows = sorted(shown) }
  }

  // Measures.

  /// The measures that the data allow; before anything was measured, those that it may.
  static func measures(_ state: WorkbenchState) -> [SensitivityMeasure] {
    let measured = state.sensitivity.table?.cells.filter { $0.images > 0 } ?? []
    let all = SensitivityMeasure.allCases
    guard !measured.isEmpty else {
      if state.evaluationObstacle != nil { return [.weightSQNR] }
      return state.data?.hasLabels == true
        ? all.filter { $0 != .headline && $0 != .fisher }
        : all.filter {
          switch $0 {
          case .top1, .loss, .fisher: false
          case .headline: state.data?.hasTask == true
          default: true
          }
        }
    }
    return all.filter { measure in
      // Predictions are made when they are asked for.
      measure.isFree || measure == .fisher && state.evaluationObstacle == nil
        || measured.contains { measure.value($0) != nil }
    }
  }

  /// The chosen measure where there is one and it exists, else the first that does.
  private static func shownMeasure(_ state: WorkbenchState) -> SensitivityMeasure {
    let known = measures(state)
    if let chosen = state.sensitivity.measure, known.contains(chosen) { return chosen }
    let preferred: [SensitivityMeasure] = [.top1, .headline, .divergence, .outputSQNR]
    return preferred.first { known.contains($0) } ?? known.first ?? .weightSQNR
  }

  /// The measure in words, without the unit; a task's with the name of its figure.
  var measureName: String {
    guard measure == .headline,
      let name = sensitivity.table?.cells.lazy.compactMap(\.task).first?.headline.name
    else { return measure.name }
    return "\(name) loss"
  }

  /// In words for titles: `top-1 loss (pt)`.
  var measureTitle: String { "\(measureName) (\(measure.unit))" }

  // Columns and cells.

  /// The columns of a sweep, as places in ``settings``, from mild to harsh.
  func columns(_ sweep: Sweep) -> [Int] { sweep.columns(of: settings) }

  /// The columns of the table.
  var columns: [Int] { columns(sensitivity.sweep) }

  /// The selected column, as a place in ``columns``.
  var column: Int { min(max(0, sensitivity.column[sensitivity.sweep] ?? 0), columns.count - 1) }

  /// The setting of the selected cell; nil when there are no columns.
  var selectedSetting: LayerSetting? {
    columns.indices.contains(column) ? settings[columns[column]] : nil
  }

  /// The selected layer's place in ``rows``; 0 when the filter hides it.
  var row: Int { rows.firstIndex(of: sensitivity.layer) ?? 0 }

  /// The selected layer; nil when no row shows.
  var layer: Int? { rows.indices.contains(row) ? rows[row] : nil }

  /// What is known of a layer without running anything; nil until it has come.
  func facts(_ layer: Int) -> SensitivityTable.Layer? {
    guard let row = rowOfLayer[layer] else { return nil }
    return sensitivity.table?.layers[row]
  }

  /// The cell of a layer at a place in ``settings``; nil while there is none.
  func cell(_ layer: Int, _ setting: Int) -> SensitivityCell? {
    guard let row = rowOfLayer[layer], let table = sensitivity.table,
      table.settings.indices.contains(setting)
    else { return nil }
    return table[row, setting]
  }

  /// The selected cell.
  var selectedCell: SensitivityCell? {
    guard let layer, columns.indices.contains(column) else { return nil }
    return cell(layer, columns[column])
  }

  // The budget.

  /// How much of the measure is tolerated.
  var budget: Double { budget(of: measure) }

  func budget(of measure: SensitivityMeasure) -> Double {
    sensitivity.budgets[measure] ?? measure.budgets[0]
  }

  /// How far a cell lies beyond the budget, in doublings; nil while the measure is not known.
  func excess(_ cell: SensitivityCell) -> Double? {
    measure.value(cell).map {
      measure.excess($0, budget: budget, baseline: sensitivity.table?.baseline?.loss ?? 0)
    }
  }

  /// What the weights alone say of a cell, likewise.
  func freeExcess(_ cell: SensitivityCell) -> Double {
    SensitivityMeasure.weightSQNR.excess(cell.weightSQNR, budget: budget(of: .weightSQNR))
  }

  /// The harshest setting of a sweep up to which a layer stays within the budget.
  ///
  /// A column that goes beyond ends the search: a harsher one that happens to be better is luck. So
  /// does one not measured yet; `isFinal` tells which it was.
  func tolerated(_ layer: Int, _ sweep: Sweep) -> (column: Int?, isFinal: Bool) {
    var last: Int?
    for place in columns(sweep) {
      guard let cell = cell(layer, place), let excess = excess(cell) else { return (last, false) }
      guard excess <= 0 else { return (last, true) }
      last = place
    }
    return (last, true)
  }

  private func sorted(_ layers: [Int]) -> [Int] {
    let key: (Int) -> Double =
      switch sensitivity.order {
      case .graph: { -Double($0) }
      case .harm:
        { layer in
          guard columns.indices.contains(column), let cell = cell(layer, columns[column]) else {
            return -Double.infinity
          }
          // What is not measured yet lies behind what is, in the order of its weights' scores.
          return excess(cell) ?? freeExcess(cell) - 1e6
        }
      case .tolerance:
        { layer in
          let tolerated = tolerated(layer, sensitivity.sweep).column
          return Double(tolerated.flatMap { columns.firstIndex(of: $0) } ?? -1)
        }
      case .parameters: { parameters.indices.contains($0) ? Double(parameters[$0]) : 0 }
      }
    let keys = layers.map { (layer: $0, key: key($0)) }
    return keys.sorted { ($0.key, $1.layer) > ($1.key, $0.layer) }.map(\.layer)
  }

  /// The order in words: `loss at 50 %`.
  var orderText: String {
    switch sensitivity.order {
    case .graph: return "graph order"
    case .parameters: return "parameters"
    case .tolerance: return "most tolerant"
    case .harm:
      guard let setting = selectedSetting else { return "harm" }
      let place =
        sensitivity.sweep == .prune
        ? "\(sensitivity.sweep.heading(setting)) %"
        : "\(setting.bitsText) bits"
      return
        "\(measure.isRatio ? measure.name : measure == .top1 || measure == .headline ? "loss" : measure.rawValue) at \(place)"
    }
  }
}
