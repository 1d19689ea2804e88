import TerminalCells

/// The sensitivity view: the table, the selected layer, the sweep.
struct SensitivityScreen {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(in buffer: inout CellBuffer) {
    let layout = SensitivityLayout(columns: context.state.columns, rows: context.state.rows)
    let sheet = context.state.sensitivitySheet
    SensitivityTablePane(context, sheet, isAlone: layout.sweep.isEmpty)
      .draw(layout.table, in: &buffer)
    if !layout.layer.isEmpty { LayerSweepPane(context, sheet).draw(layout.layer, in: &buffer) }
    if !layout.sweep.isEmpty { SweepPane(context, sheet).draw(layout.sweep, in: &buffer) }
  }
}
