import Tensors
import Yams

extension PlanReader {
  /// A name, or a mapping of one name to its options.
  ///
  /// - Parameter options: The options of a name; nil when it is not registered.
  func namedChoice(
    _ node: Node, _ key: String, names: [String], options: (String) -> [ChoiceOption]?
  ) throws(EngineError) -> NamedChoice {
    guard node.mapping != nil else {
      let name = try source.text(node, of: key)
      guard options(name) != nil else {
        throw unsupported(node, "\(key) '\(name)'", supported: names)
      }
      return NamedChoice(name)
    }
    let entries = try source.entries(node, of: "'\(key)'")
    guard entries.count == 1 else {
      throw source.failure(
        node, "'\(key)' is one name, or one name with its options",
        remedy: "Write \(key): \(names.first ?? "name")")
    }
    let (name, nameNode, value) = entries[0]
    guard let known = options(name) else {
      throw unsupported(nameNode, "\(key) '\(name)'", supported: names)
    }
    guard let first = known.first else {
      throw source.failure(
        nameNode, "\(key) '\(name)' has no options", remedy: "Write its name only")
    }
    var choice = NamedChoice(name)
    if value.mapping == nil {
      try state(first, value, in: &choice)
      return choice
    }
    for (key, keyNode, value) in try source.entries(value, of: "'\(name)'") {
      guard let option = known.first(where: { $0.name == key }) else {
        throw unknown(key, keyNode, in: "'\(name)'", known: known.map(\.name))
      }
      try state(option, value, in: &choice)
    }
    return choice
  }

  /// Reads an option; the default is not kept, so that equal choices are equal values.
  private func state(
    _ option: ChoiceOption, _ node: Node, in choice: inout NamedChoice
  ) throws(EngineError) {
    let value: PlanValue
    switch option.standard {
    case .integer: value = .integer(try source.integer(node, of: option.name))
    case .number: value = .number(try source.number(node, of: option.name))
    default:
      value = try source.value(node, of: option.name)
      guard case .flag = value else {
        throw source.failure(node, "'\(option.name)' has to be true or false")
      }
    }
    let number = ChoiceOptions([option.name: value], of: [option]).number(option.name)
    guard option.allowed.contains(number) else {
      throw source.failure(
        node,
        "'\(option.name)' has to be between \(option.allowed.lowerBound) and "
          + "\(option.allowed.upperBound): \(number) was given")
    }
    choice.options[option.name] = value == option.standard ? nil : value
  }
}
