import ModelCompression

extension SettingField {
  /// What decides how the values that flow into a layer are stored.
  static let activationFields: [SettingField] = [
    SettingField(
      "activations", .activations, "bits",
      text: { state in
        state.firstTarget.map { setting in
          guard let activations = setting.activations else { return "fp" }
          return activations.mode == .dynamic ? "8 dynamic" : "\(activations.bits) static"
        }
      },
      note: { _ in
        "values that flow into the layer: floats, codes by calibration, or codes by each run's own range"
      },
      step: { state, steps in
        let choices: [ActivationQuantization?] =
          [nil, ActivationQuantization(mode: .dynamic)]
          + ActivationQuantization.allowedBits.reversed().map { ActivationQuantization(bits: $0) }
        let first = state.firstTarget?.activations
        let place = choices.firstIndex { $0?.bits == first?.bits && $0?.mode == first?.mode } ?? 0
        let next = choices[((place + steps) % choices.count + choices.count) % choices.count]
        return state.edit(mergeKey: "activations", label: .fixed("activations")) { setting, _ in
          var setting = setting
          setting.activations = next
          return setting
        } ?? []
      }),
    SettingField(
      "activation-range", .activations, "range",
      text: { state in
        guard let activations = state.firstTarget?.activations, activations.mode == .static else {
          return nil
        }
        return activations.range.name
      },
      note: { _ in "which values the codes cover, by what calibration samples show" },
      step: { state, steps in
        guard let first = state.firstTarget?.activations else { return [] }
        let name = Self.next(first.range.name, by: steps, among: RangeRegistry.standard.names)
        return state.edit(mergeKey: "activation-range", label: .fixed("activation range \(name)")) {
          setting, _ in
          var setting = setting
          setting.activations?.range = NamedChoice(name)
          return setting
        } ?? []
      }),
  ]
}
