import TerminalCells
import Training

/// The form of a training run: data, time, how, and where the result goes.
struct FinetuneDialog {
  private let context: ScreenContext

  init(_ context: ScreenContext) { self.context = context }

  func draw(_ form: FinetuneForm, in buffer: inout CellBuffer, room: Rect) {
    let rect = room.centered(
      width: min(room.width, max(40, min(74, room.width - 4))), height: min(room.height, 18))
    let inner = context.window(
      title: "Train back what the plan costs", trailing: "Esc closes", at: rect, in: &buffer
    ).inset(horizontal: 1, vertical: 0)
    guard !inner.isEmpty else { return }
    let gap = inner.height >= 15 ? 1 : 0
    var lines = FormLines(context, inner, label: 14)
    lines.field(
      "Train on", form.data, isHere: form.field == .data, width: inner.width, in: &buffer)
    lines.field(
      "Time", form.minutes, isHere: form.field == .minutes, width: 8, unit: "minutes at most",
      in: &buffer)
    lines.skip(gap)
    lines.field(
      "Learning rate", form.learningRate, isHere: form.field == .learningRate, width: 8,
      in: &buffer)
    lines.field(
      "Distillation", form.distillation, isHere: form.field == .distillation, width: 8,
      unit: "0 labels alone ... 1 the float model alone", in: &buffer)
    lines.choice(
      "Optimizer",
      FinetuneSettings.Optimizer.allCases.reversed().map { ($0.rawValue, $0 == form.optimizer) },
      isHere: form.field == .optimizer, in: &buffer)
    lines.check(
      "Images", "mirror half of them", isOn: form.flips, isHere: form.field == .flips, in: &buffer)
    lines.check(
      "Codes", "learn the step at every width (LSQ)", isOn: form.learnsStep,
      isHere: form.field == .learnsStep, in: &buffer)
    lines.skip(gap)
    lines.field(
      "Write", form.output, isHere: form.field == .output, width: inner.width, in: &buffer)
    lines.note(form.problem ?? note, form.problem == nil ? .textMuted : .error, in: &buffer)
    lines.buttons(
      [("Start", form.field == .start), ("Cancel", form.field == .cancel)], in: &buffer)
  }

  private var note: String {
    "Zeros stay zero, weights run as the plan quantizes them. A tenth of the images is set aside to "
      + "judge by; the best network is taken as one step: u undoes."
  }
}
