import ModelCompression

extension SettingField {
  /// A field of the pruning of the targets, shown while the first of them is pruned.
  static func prune<Value: Hashable & Sendable>(
    _ id: String, _ title: String, _ path: any WritableKeyPath<PruneSetting, Value> & Sendable,
    choices: @escaping @Sendable (PruneSetting) -> [Value],
    text: @escaping @Sendable (Value) -> String, note: @escaping @Sendable (Value) -> String
  ) -> SettingField {
    SettingField(
      id, .prune, title,
      text: { state in state.firstPruning.map { text($0[keyPath: path]) } },
      note: { state in state.firstPruning.map { note($0[keyPath: path]) } ?? "" },
      step: { state, steps in
        guard let first = state.firstPruning else { return [] }
        let next = Self.next(first[keyPath: path], by: steps, among: choices(first))
        return state.edit(mergeKey: id, label: .fixed("\(title) \(text(next))")) { setting, _ in
          var setting = setting
          setting.prune?[keyPath: path] = next
          setting.prune = setting.prune?.mended
          return setting
        } ?? []
      })
  }

  /// A field of the codes of the targets, shown while the first of them is quantized.
  static func weights<Value: Hashable & Sendable>(
    _ id: String, _ title: String,
    _ path: any WritableKeyPath<WeightQuantization, Value> & Sendable,
    choices: @escaping @Sendable (WeightQuantization) -> [Value],
    text: @escaping @Sendable (Value) -> String, note: @escaping @Sendable (Value) -> String
  ) -> SettingField {
    SettingField(
      id, .weights, title,
      text: { state in state.firstQuantization.map { text($0[keyPath: path]) } },
      note: { state in state.firstQuantization.map { note($0[keyPath: path]) } ?? "" },
      step: { state, steps in
        guard let first = state.firstQuantization else { return [] }
        let next = Self.next(first[keyPath: path], by: steps, among: choices(first))
        return state.edit(mergeKey: id, label: .fixed("\(title) \(text(next))")) { setting, _ in
          var setting = setting
          setting.weights?[keyPath: path] = next
          setting.weights = setting.weights?.consistent
          return setting
        } ?? []
      })
  }

  /// The choice `steps` behind a value, round and round; the first when the value is none of them.
  static func next<Value: Hashable>(_ value: Value, by steps: Int, among all: [Value]) -> Value {
    guard let index = all.firstIndex(of: value) else { return all.first ?? value }
    return all[((index + steps) % all.count + all.count) % all.count]
  }
}
