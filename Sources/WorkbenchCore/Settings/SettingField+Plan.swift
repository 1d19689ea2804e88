import ModelCompression

extension SettingField {
  /// What concerns the whole network.
  static let planFields: [SettingField] = [
    SettingField(
      "channels", .plan, "channels",
      text: { state in
        guard state.model?.hasGraph == true else { return nil }
        return state.plan.channels.map { "\(Figures.percent($0.amount * 100)) removed" }
          ?? "all stay"
      },
      note: { _ in
        "this share of each channel group is taken out: the network has smaller shapes and is faster"
      },
      step: { state, steps in
        let amount = (state.plan.channels?.amount ?? 0) + Double(steps) / 100
        let next = min(max((amount * 100).rounded() / 100, 0), 0.95)
        return state.editPlan("channels removed \(Figures.percent(next * 100))", key: "channels") {
          plan in
          var removal = plan.channels ?? ChannelRemoval(amount: next)
          removal.amount = next
          plan.channels = removal.isEmpty ? nil : removal
        }
      }),
    SettingField(
      "channel-criterion", .plan, "go by",
      text: { state in state.plan.channels?.criterion },
      note: { _ in "which channels of a group go first" },
      step: { state, steps in
        guard let removal = state.plan.channels else { return [] }
        let name = Self.next(
          removal.criterion, by: steps, among: ["magnitude", "l2"])
        return state.editPlan("channels by \(name)", key: "channel-criterion") {
          $0.channels?.criterion = name
        }
      }),
    SettingField(
      "equalize", .plan, "equalize",
      text: { state in
        state.model?.hasGraph == true ? (state.plan.equalize == nil ? "no" : "yes") : nil
      },
      note: { _ in
        "weights are balanced between layers first (1906.04721): the network computes the same"
      },
      step: { state, _ in
        state.editPlan("equalize") { $0.equalize = $0.equalize == nil ? Equalization() : nil }
      }),
    .repair(
      .bias, "repair bias", "biases make up for the mean error that compression causes (1906.04721)"
    ),
    .repair(
      .batchnorm, "repair moments",
      "means and deviations of channels are those of the original again: no labels, no training"),
  ]

  private static func repair(_ step: RepairStep, _ title: String, _ note: String) -> SettingField {
    SettingField(
      "repair-\(step.rawValue)", .plan, title,
      text: { state in
        state.model?.hasGraph == true ? (state.plan.repair.contains(step) ? "yes" : "no") : nil
      },
      note: { _ in note },
      step: { state, _ in
        state.editPlan(title) { plan in
          if plan.repair.remove(step) == nil { plan.repair.insert(step) }
        }
      })
  }
}
