import NetworkGraph

/// What will run faster where: one line for each edit, from a table with sources.
public enum RuntimeGains {
  /// The most characters of a line.
  public static let longestLine = 100

  /// What a setting does to the time of runtimes, in one line of at most 100 characters.
  ///
  /// ONNX Runtime, which runs the exported file, is always named; then those that get faster, as many
  /// as there is room for.
  ///
  /// - Parameters:
  ///   - setting: The setting.
  ///   - layer: The layer it is for; without it, runtimes that are faster on some layers only are
  ///     named with the kind of layer.
  public static func line(for setting: LayerSetting, layer: CompressibleLayer? = nil) -> String {
    line(for: SettingForm(setting), layer: layer)
  }

  /// The same for a setting by its words.
  public static func line(for form: SettingForm, layer: CompressibleLayer? = nil) -> String {
    let edits = edits(of: form)
    guard let first = edits.first else { return "unchanged: as fast as the original" }
    guard edits.count > 1 else { return sentence(first, layer: layer, room: longestLine) }
    // Two edits: each says where it is faster, in half of the room.
    let room = (longestLine - 2 * (edits.count - 1)) / edits.count
    return edits.map { short($0, layer: layer, room: room) }.joined(separator: "; ")
  }

  /// What the removal of channels does: `channels: 1.43x fewer multiply-adds`.
  ///
  /// - Parameters:
  ///   - before: Multiply-adds of one sample before.
  ///   - after: Multiply-adds of one sample after; above 0.
  public static func lineForRemovedChannels(multiplyAdds before: Int, after: Int) -> String {
    let ratio = Double(before) / Double(max(after, 1))
    return "channels removed: \(hundredths(ratio))x fewer multiply-adds, faster in every runtime"
  }

  /// The lines of a plan: one for each kind of edit, the one on most weights first.
  ///
  /// - Parameters:
  ///   - settings: One setting a layer.
  ///   - layers: The layers.
  public static func lines(for settings: [LayerSetting], layers: [CompressibleLayer]) -> [String] {
    var weights: [String: Int] = [:]
    var order: [String] = []
    for (setting, layer) in zip(settings, layers) where !SettingForm(setting).isUntouched {
      let text = line(for: setting, layer: layer)
      if weights[text] == nil { order.append(text) }
      weights[text, default: 0] += layer.parameters
    }
    return order.enumerated().sorted {
      (-(weights[$0.element] ?? 0), $0.offset) < (-(weights[$1.element] ?? 0), $1.offset)
    }.map(\.element)
  }

  /// The entry for a form in a runtime; nil when nothing is known.
  public static func entry(
    _ form: CompressionForm, in runtime: InferenceRuntime, layer: CompressibleLayer? = nil
  ) -> RuntimeGain? {
    table.first { entry in
      entry.form == form && entry.runtime == runtime
        && (layer.map { entry.layers.contains($0) } ?? true)
    }
  }

  /// One edit of a setting with its name.
  private struct Edit {
    var form: CompressionForm
    var name: String
  }

  private static func edits(of form: SettingForm) -> [Edit] {
    var edits: [Edit] = []
    if let prune = form.prune {
      let percent = prune.fraction.map { " \(Int(($0 * 100).rounded())) %" } ?? ""
      switch prune.pattern {
      case .unstructured, .other:
        edits.append(Edit(form: .unstructured, name: "unstructured\(percent)"))
      case .keep(2, 4): edits.append(Edit(form: .twoOfFour, name: "2:4"))
      case .keep(let keep, let of):
        edits.append(Edit(form: .runs, name: "\(keep) of \(of) kept"))
      case .block(let sides):
        let shape = sides.map(String.init).joined(separator: "x")
        edits.append(Edit(form: .blocks, name: "\(shape) blocks\(percent)"))
      case .channel: edits.append(Edit(form: .zeroedChannels, name: "channels zeroed\(percent)"))
      }
    }
    if let activations = form.activations, let weights = form.weights, weights.isInteger,
      weights.bits <= 8, activations.bits == 8
    {
      edits.append(
        Edit(
          form: activations.isDynamic ? .dynamicInt8 : .staticInt8,
          name: "\(activations.mode) int8"))
    } else if let weights = form.weights {
      edits.append(Edit(form: kind(of: weights), name: "\(weights.words) weights"))
    }
    return edits
  }

  private static func kind(of weights: WeightForm) -> CompressionForm {
    switch weights.scheme {
    case _ where weights.isPalette: .palette
    case _ where weights.scheme.hasPrefix("fp8"): .weightsFP8
    case _ where weights.bits == 16: .weights16
    default: weights.bits <= 4 ? .weightsInt4 : .weightsInt8
    }
  }

  /// `unstructured 60 %: smaller when compressed, no faster in ONNX Runtime; faster in Core ML (...)`.
  private static func sentence(_ edit: Edit, layer: CompressibleLayer?, room: Int) -> String {
    var text = "\(edit.name): \(edit.form.size), \(verdict(edit, layer: layer))"
    if text.count > room { text = "\(edit.name): \(verdict(edit, layer: layer))" }
    for (index, name) in others(edit, layer: layer).enumerated() {
      let next = text + (index == 0 ? "; faster in " : ", ") + name
      guard next.count <= room else { break }
      text = next
    }
    return text
  }

  /// What ONNX Runtime does with it.
  private static func verdict(_ edit: Edit, layer: CompressibleLayer?) -> String {
    let runtime = InferenceRuntime.onnxRuntimeCPU
    guard let entry = entry(edit.form, in: runtime, layer: layer) else { return "speed unknown" }
    return entry.effect == .same
      ? "no faster in \(runtime.rawValue)" : "faster in " + named(entry, layer: layer)
  }

  /// The other runtimes that get faster.
  private static func others(_ edit: Edit, layer: CompressibleLayer?) -> [String] {
    InferenceRuntime.allCases.dropFirst().compactMap { runtime in
      guard let entry = entry(edit.form, in: runtime, layer: layer), entry.effect == .faster else {
        return nil
      }
      return named(entry, layer: layer)
    }
  }

  /// `TensorRT (Ampere and later)`.
  private static func named(_ entry: RuntimeGain, layer: CompressibleLayer?) -> String {
    entry.note.isEmpty ? entry.runtime.rawValue : "\(entry.runtime.rawValue) (\(entry.note))"
  }

  /// One of several edits: where it is faster, or that it is nowhere.
  private static func short(_ edit: Edit, layer: CompressibleLayer?, room: Int) -> String {
    let entries = InferenceRuntime.allCases.compactMap { runtime in
      entry(edit.form, in: runtime, layer: layer)
    }.filter { $0.effect == .faster }
    guard !entries.isEmpty else { return "\(edit.name): no faster" }
    var text = "\(edit.name): faster in "
    for (index, entry) in entries.enumerated() {
      let next = text + (index == 0 ? "" : ", ") + entry.runtime.rawValue
      guard next.count <= room || index == 0 else { break }
      text = next
    }
    return text
  }

  private static func hundredths(_ value: Double) -> String {
    let whole = Int((value * 100).rounded())
    let rest = whole % 100
    return "\(whole / 100).\(rest < 10 ? "0" : "")\(rest)"
  }
}
