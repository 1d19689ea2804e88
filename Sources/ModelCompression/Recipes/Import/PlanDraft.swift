import NetworkGraph
import OrderedCollections
import Tensors

/// A plan that grows while another tool's file is read.
///
/// Each block is tried on the plan's own reader as it comes: one that this version does not take is
/// told with its place in the foreign file, and left out.
struct PlanDraft {
  /// A block of a rule.
  enum Block: String {
    case prune
    case weights
    case activations
  }

  private let source: PlanSource
  private let layers: [CompressibleLayer]
  private var rules: OrderedDictionary<String, OrderedDictionary<String, PlanTree>> = [:]
  private var defaults: OrderedDictionary<String, PlanTree> = [:]
  /// What the plan lacks.
  var notes = RecipeNotes()

  /// A draft of a file's plan for a model with these layers, which may be unknown.
  init(source: PlanSource, layers: [CompressibleLayer]) {
    self.source = source
    self.layers = layers
  }

  /// States a block for `key`, or for the defaults when it is nil; a nil tree switches the block off.
  mutating func set(_ block: Block, _ tree: PlanTree?, for key: String?, at node: YAMLNode) {
    let tree = tree ?? .null
    var rule = key.map { rules[$0] ?? [:] } ?? defaults
    let tried: OrderedDictionary<String, PlanTree> = [block.rawValue: tree]
    do throws(EngineError) {
      _ = try CompressionPlan(text: Self.tree(rules: [key ?? "layer": tried], defaults: [:]).yaml())
    } catch {
      let what = key.map { "'\(block.rawValue)' of '\($0)'" } ?? "'\(block.rawValue)'"
      note("\(what) is left out: \(error.problem)", at: node)
      return
    }
    rule[block.rawValue] = tree
    if let key { rules[key] = rule } else { defaults = rule }
  }

  /// Tells something about a place of the file.
  mutating func note(_ text: String, at node: YAMLNode) {
    notes.add(node.mark.map { "line \($0.line), column \($0.column): \(text)" } ?? text)
  }

  /// The plan and what it lacks.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` when the file stated nothing that a plan can
  ///   hold.
  func imported(kind: String) throws(EngineError) -> ImportedPlan {
    guard !rules.isEmpty || !defaults.isEmpty else {
      let told = notes.lines.first.map { ": \($0)" } ?? ""
      throw source.failure(
        source.root, "states nothing that a plan can hold\(told)",
        remedy: "Check that this is a \(kind) file")
    }
    let plan = try CompressionPlan(text: Self.tree(rules: rules, defaults: defaults).yaml())
    return ImportedPlan(plan: plan, notes: notes.lines)
  }

  private static func tree(
    rules: OrderedDictionary<String, OrderedDictionary<String, PlanTree>>,
    defaults: OrderedDictionary<String, PlanTree>
  ) -> PlanTree {
    var entries: OrderedDictionary<String, PlanTree> = [
      "weightbench": .number(CompressionPlan.version)
    ]
    if !defaults.isEmpty { entries["defaults"] = .map(defaults) }
    if !rules.isEmpty { entries["layers"] = .block(rules.mapValues { .map($0) }) }
    return .block(entries)
  }
}

extension PlanDraft {
  /// The layer that a module's name means.
  func key(module: String) -> String { module }

  /// The layer that a parameter's name means: the one with that weight, or the module's.
  func key(parameter: String) -> String {
    if let layer = layers.first(where: { $0.weight == parameter }) { return layer.name }
    let suffix = ".weight"
    return parameter.hasSuffix(suffix) ? String(parameter.dropLast(suffix.count)) : parameter
  }

  /// The rules for a class of PyTorch modules; nil when a plan has no such layers.
  static func keys(moduleClass name: String) -> [String]? {
    switch name.split(separator: ".").last {
    case "Linear": ["type:Gemm", "type:MatMul"]
    case "Conv1d", "Conv2d", "Conv3d": ["type:Conv"]
    case "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d": ["type:ConvTranspose"]
    case "Embedding": ["type:Gather"]
    default: nil
    }
  }

  /// The rule for a regular expression without `re:`.
  ///
  /// - Parameters:
  ///   - expression: The expression in Python's dialect.
  ///   - wholeName: Whether it has to match the whole name; otherwise its beginning, as `re.match`.
  ///   - parameter: Whether it is meant for parameters: `.weight` at its end is dropped.
  static func key(expression: String, wholeName: Bool, parameter: Bool = false) -> String {
    var text = expression
    if text.hasPrefix("^") { text.removeFirst() }
    var isWhole = wholeName
    if text.hasSuffix("$"), !text.hasSuffix("\\$") {
      text.removeLast()
      isWhole = true
    }
    if parameter {
      for suffix in ["\\.weight", ".weight", "weight"] where text.hasSuffix(suffix) {
        text.removeLast(suffix.count)
        isWhole = true
        break
      }
    }
    return "re:" + text + (isWhole || text.hasSuffix(".*") ? "" : ".*")
  }
}
