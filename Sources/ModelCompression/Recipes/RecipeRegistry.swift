import OrderedCollections
import Tensors

/// The tools that plans can be written for, by name.
public struct RecipeRegistry: Sendable {
  private let entries: OrderedDictionary<String, any RecipeTarget>

  /// Makes a registry; of two targets with one name the later counts.
  public init(_ targets: [any RecipeTarget]) {
    entries = OrderedDictionary(targets.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
  }

  /// Every target of this package.
  public static let standard = RecipeRegistry([
    LLMCompressorRecipe(),
    TorchAORecipe(),
    CoreMLToolsRecipe(),
    NNCFRecipe(),
    AIMETRecipe(version: .v061),
    AIMETRecipe(version: .v100),
    ONNXRuntimeRecipe(),
    DistillerRecipe(),
  ])

  /// The targets in order of registration.
  public var targets: [any RecipeTarget] { Array(entries.values) }
  /// The names in order of registration.
  public var names: [String] { Array(entries.keys) }
  /// The names of targets whose files can be read.
  public var importableNames: [String] {
    entries.values.filter { $0 is any ImportableRecipe }.map(\.name)
  }

  /// The target of this name.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` that lists the names.
  public func target(named name: String) throws(EngineError) -> any RecipeTarget {
    if let target = entries[name] { return target }
    throw unknown(name, among: names, problem: "is no tool that plans can be written for")
  }

  /// The target of this name whose files can be read.
  ///
  /// - Throws: ``EngineError`` with code `invalidArgument` that lists the names.
  public func importer(named name: String) throws(EngineError) -> any ImportableRecipe {
    if let target = entries[name] as? any ImportableRecipe { return target }
    throw unknown(name, among: importableNames, problem: "is no tool whose files can be read")
  }

  private func unknown(_ name: String, among names: [String], problem: String) -> EngineError {
    let hint = EditDistance.nearest(to: name, among: names).map { "Did you mean '\($0)'? " } ?? ""
    return EngineError(
      .invalidArgument, subject: "'\(name)'", problem: problem,
      remedy: hint + "Tools are \(names.joined(separator: ", "))")
  }
}
