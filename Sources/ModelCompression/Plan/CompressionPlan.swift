import NetworkGraph
import OrderedCollections
import Tensors

/// What is to be done to each layer of a model: a value that the screen edits, a file states and
/// every command takes.
///
/// Rules decide by specificity: exact layer name, then `re:` expressions, then `type:` rules, then
/// ``defaults``; among several expressions or types that match, the first in file order. The file
/// form is YAML or JSON: ``init(text:path:)`` and ``text(_:)``.
///
/// ```swift
/// var plan = CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 8))))
/// plan.set(LayerSetting(prune: PruneSetting(amount: 0.7)), forLayer: "layer1.0.conv1")
/// let resolution = try plan.resolved(for: graph.compressibleLayers())
/// ```
public struct CompressionPlan: Sendable {
  /// The format version that this package reads and writes.
  public static let version = 1

  /// The model that the plan was made for.
  public struct Model: Sendable, Hashable {
    /// The file's name.
    public var file: String?
    /// The SHA-256 of the file in lower-case hexadecimal.
    public var sha256: String?

    /// Makes a reference to a model.
    public init(file: String? = nil, sha256: String? = nil) {
      self.file = file
      self.sha256 = sha256
    }
  }

  /// The data that settings with activations are calibrated on.
  public struct Calibration: Sendable, Hashable {
    /// The path of the data.
    public var data: String?
    /// How many samples are used; nil for all.
    public var count: Int?

    /// Makes a reference to calibration data.
    public init(data: String? = nil, count: Int? = nil) {
      self.data = data
      self.count = count
    }
  }

  /// The model that the plan was made for; nil when it fits any.
  public var model: Model?
  /// The seed of everything random; nil when not stated.
  public var seed: Int?
  /// Calibration data; nil when not stated.
  public var calibration: Calibration?
  /// The graph with trained weights that layers are compressed from, as finetuning writes it; nil for
  /// the model's own weights.
  public var finetuned: Model?
  /// Cross-layer equalization before anything else; nil for none.
  public var equalize: Equalization?
  /// Channels that are taken out of the network before layers are compressed; nil for none.
  public var channels: ChannelRemoval?
  /// What brings the compressed network nearer to the original afterwards.
  public var repair: Set<RepairStep>
  /// The rule for layers where no other states a block.
  public var defaults: PlanRule
  /// The rules by layer name, `re:<regex>` or `type:<op>`, in file order.
  public var layers: OrderedDictionary<String, PlanRule>
  /// Names of layers that a search never touches.
  public var pinned: [String]
  /// Informative figures of the plan's last evaluation.
  public var results: OrderedDictionary<String, PlanValue>

  /// A plan that leaves every layer alone, unless told otherwise.
  public init(
    model: Model? = nil, seed: Int? = nil, calibration: Calibration? = nil,
    finetuned: Model? = nil,
    equalize: Equalization? = nil, channels: ChannelRemoval? = nil,
    repair: Set<RepairStep> = [],
    defaults: PlanRule = PlanRule(), layers: OrderedDictionary<String, PlanRule> = [:],
    pinned: [String] = [], results: OrderedDictionary<String, PlanValue> = [:]
  ) {
    self.model = model
    self.seed = seed
    self.calibration = calibration
    self.finetuned = finetuned
    self.equalize = equalize
    self.channels = channels
    self.repair = repair
    self.defaults = defaults
    self.layers = layers
    self.pinned = pinned
    self.results = results
  }

  /// Gives one layer exactly `setting`, whatever other rules say.
  ///
  /// A block that the setting lacks is switched off when another rule could state it, and left
  /// unstated otherwise. The layer keeps its place in the file order.
  public mutating func set(_ setting: LayerSetting, forLayer name: String) {
    var rule = PlanRule()
    if let prune = setting.prune {
      rule.prune = .set(prune)
    } else if isStatedGenerally({ $0.prune != .unstated }) {
      rule.prune = .off
    }
    if let weights = setting.weights {
      rule.weights = .set(weights)
    } else if isStatedGenerally({ $0.weights != .unstated }) {
      rule.weights = .off
    }
    if let activations = setting.activations {
      rule.activations = .set(activations)
    } else if isStatedGenerally({ $0.activations != .unstated }) {
      rule.activations = .off
    }
    layers[name] = rule.isEmpty ? .leaveAlone : rule
  }

  /// Whether the defaults or a rule for many layers states something.
  private func isStatedGenerally(_ states: (PlanRule) -> Bool) -> Bool {
    states(defaults)
      || layers.contains { key, rule in
        (key.hasPrefix("re:") || key.hasPrefix("type:")) && states(rule)
      }
  }

  /// Removes the rule of one layer by name, so that the more general rules hold for it again.
  public mutating func remove(forLayer name: String) {
    layers.removeValue(forKey: name)
  }

  /// Checks that the plan was made for the model with this SHA-256.
  ///
  /// - Throws: ``EngineError`` with code `invalidPlan` when the plan names another one. A plan
  ///   without a hash fits every model.
  public func check(modelSHA256: String) throws(EngineError) {
    guard let expected = model?.sha256, expected.lowercased() != modelSHA256.lowercased() else {
      return
    }
    let name = model?.file.map { " '\($0)'" } ?? ""
    throw EngineError(
      .invalidPlan, subject: "model",
      problem: "this is a plan for another model\(name): its sha256 is \(expected.prefix(12))..., "
        + "the open model's is \(modelSHA256.prefix(12))...",
      remedy: "Open the plan's model, or remove 'sha256' from the plan to use it here")
  }
}

extension CompressionPlan: Hashable {
  /// Equal content in the same file order.
  public static func == (a: CompressionPlan, b: CompressionPlan) -> Bool {
    a.model == b.model && a.seed == b.seed && a.calibration == b.calibration
      && a.finetuned == b.finetuned && a.equalize == b.equalize && a.channels == b.channels
      && a.repair == b.repair
      && a.defaults == b.defaults && a.layers == b.layers && a.pinned == b.pinned
      && a.results == b.results
  }

  /// Hashes what decides over the layers.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(channels)
    hasher.combine(defaults)
    hasher.combine(layers)
    hasher.combine(seed)
    hasher.combine(finetuned)
    hasher.combine(equalize)
    hasher.combine(repair)
  }
}

extension CompressionPlan: Codable {
  /// Reads the plan from its JSON text.
  public init(from decoder: any Decoder) throws {
    try self.init(text: decoder.singleValueContainer().decode(String.self))
  }

  /// Writes the plan as its JSON text.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text(.json))
  }
}
