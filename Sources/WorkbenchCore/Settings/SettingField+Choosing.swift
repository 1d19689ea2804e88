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
        let next = Self.next(first, path, by: steps, among: choices(first))
        return state.edit(mergeKey: id, label: .fixed("\(title) \(text(next))")) { setting, _ in
          var setting = setting
          guard var weights = setting.weights else { return setting }
          weights[keyPath: path] = next
          setting.weights = weights.mended
          return setting
        } ?? []
      })
  }

  /// The choice `steps` behind a setting's own; choices that can't be computed are passed over.
  private static func next<Value: Hashable>(
    _ setting: WeightQuantization,
    _ path: any WritableKeyPath<WeightQuantization, Value> & Sendable,
    by steps: Int, among all: [Value]
  ) -> Value {
    let direction = steps < 0 ? -1 : 1
    var value = next(setting[keyPath: path], by: steps, among: all)
    for _ in all.indices {
      var changed = setting
      changed[keyPath: path] = value
      if changed.mended[keyPath: path] == value { return value }
      value = next(value, by: direction, among: all)
    }
    return setting[keyPath: path]
  }

  /// The choice `steps` behind a value, round and round; the first when the value is none of them.
  static func next<Value: Hashable>(_ value: Value, by steps: Int, among all: [Value]) -> Value {
    guard let index = all.firstIndex(of: value) else { return all.first ?? value }
    return all[((index + steps) % all.count + all.count) % all.count]
  }
}
