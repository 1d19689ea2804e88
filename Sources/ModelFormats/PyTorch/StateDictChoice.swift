import Tensors

/// Finds the one mapping with tensors among what a checkpoint holds.
struct StateDictChoice {
  /// The keys that training programs keep a model's weights under, the most telling first.
  private static let usualKeys = [
    "state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "weights",
    "params", "params_ema", "ema", "generator",
  ]
  /// Deeper nesting is no state dictionary.
  private static let deepest = 4

  let heap: [PickleObject]

  /// A mapping and the keys that lead to it.
  struct Found {
    let object: Int
    let location: [String]
  }

  /// The mapping: the root if it holds tensors itself, else the one under a usual key, else the only
  /// one.
  ///
  /// - Throws: ``EngineError`` with code `unsupported` when there is none, or more than one.
  func find(_ root: PickleValue) throws(EngineError) -> Found {
    guard case .object(let index) = root, case .dict = heap[index].kind else {
      throw EngineError(
        .unsupported, problem: "holds no dictionary of tensors",
        remedy: "Save one: torch.save(model.state_dict(), \"weights.pth\")")
    }
    var visited: Set<Int> = []
    let candidates = search(index, [], &visited)
    if let first = candidates.first, candidates.count == 1 { return first }
    guard let usual = Self.best(candidates) else {
      let names = candidates.prefix(4).map { "'\($0.location.joined(separator: "."))'" }
      throw EngineError(
        .unsupported,
        problem: candidates.isEmpty
          ? "holds no dictionary of tensors"
          : "holds several dictionaries of tensors (\(names.joined(separator: ", ")))",
        remedy: "Save the one with the weights: torch.save(checkpoint[...], \"weights.pth\")")
    }
    return usual
  }

  private static func best(_ candidates: [Found]) -> Found? {
    for key in usualKeys {
      let matching = candidates.filter { $0.location.last == key }
      if matching.count == 1 { return matching[0] }
    }
    for key in usualKeys {
      let inside = candidates.filter { $0.location.contains(key) }
      if inside.count == 1 { return inside[0] }
    }
    return nil
  }

  /// The mappings with weights at or below one.
  private func search(_ index: Int, _ location: [String], _ visited: inout Set<Int>) -> [Found] {
    guard case .dict = heap[index].kind, visited.insert(index).inserted,
      location.count < Self.deepest
    else { return [] }
    if holdsWeights(index) { return [Found(object: index, location: location)] }
    var found: [Found] = []
    for (key, value) in entries(index) {
      guard case .object(let inner) = value, !key.hasPrefix("optim") else { continue }
      found += search(inner, location + [key], &visited)
    }
    // A mapping of single numbers in tensors, where there are no weights anywhere.
    if found.isEmpty, entries(index).contains(where: { view($0.value) != nil }) {
      return [Found(object: index, location: location)]
    }
    return found
  }

  /// Whether a mapping has a tensor with axes, or the parameters of a quantized module.
  private func holdsWeights(_ index: Int) -> Bool {
    entries(index).contains { entry in
      if let view = view(entry.value) { return !view.shape.isEmpty }
      return packed(entry.value) != nil
    }
  }

  /// The entries with texts as keys; Python keeps the last of equal ones.
  func entries(_ index: Int) -> [(key: String, value: PickleValue)] {
    let items = heap[index].items
    return stride(from: 0, to: items.count - 1, by: 2).compactMap { place in
      items[place].text.map { ($0, items[place + 1]) }
    }
  }

  /// The tensor that a value is.
  func view(_ value: PickleValue) -> PyTorchView? {
    if case .object(let index) = value, case .tensor(let view) = heap[index].kind { return view }
    return nil
  }

  /// Weight and bias of a quantized module: a pair whose first is a quantized tensor.
  func packed(_ value: PickleValue) -> (weight: PyTorchView, bias: PyTorchView?)? {
    guard case .object(let index) = value, case .tuple = heap[index].kind,
      heap[index].items.count == 2, let weight = view(heap[index].items[0]),
      weight.quantization != nil
    else { return nil }
    return (weight, view(heap[index].items[1]))
  }
}
