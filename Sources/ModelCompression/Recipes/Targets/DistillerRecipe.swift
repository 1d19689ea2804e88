import OrderedCollections
import Tensors

/// A compression schedule of IntelLabs' Distiller as YAML.
///
/// Amounts are stated by `SparsityLevelParameterPruner`, which takes a level for each parameter,
/// thresholds in standard deviations by `SensitivityPruner`, and whole filters by `L1RankedStructureParameterPruner` and `L2RankedStructureParameterPruner`; both are
/// applied once, in epoch 0. Bits are stated by `QuantAwareTrainRangeLinearQuantizer`, whose `overrides`
/// map module names (as expressions) to `bits_weights` and `bits_activations`; what it does not name
/// stays in floats. Distiller prunes the floor of amount x n.
public struct DistillerRecipe: ImportableRecipe {
  /// Makes the target.
  public init() {}

  /// `distiller`.
  public var name: String { "distiller" }
  /// What the file is.
  public var summary: String { "compression schedule of Distiller as YAML" }
  /// `yaml`.
  public var fileExtension: String { "yaml" }
  /// Names, bits and shares are all it takes.
  public var needsCompressedWeights: Bool { false }

  /// The schedule.
  public func recipe(for request: RecipeRequest) throws(EngineError) -> Recipe {
    var notes = RecipeNotes()
    var entries: OrderedDictionary<String, PlanTree> = ["version": .number(1)]
    var policies: [PlanTree] = []
    let pruners = Self.pruners(request, &notes)
    if !pruners.isEmpty {
      entries["pruners"] = .block(pruners)
      for name in pruners.keys {
        policies.append(Self.policy("pruner", name, ending: 1))
      }
    }
    if let quantizer = Self.quantizer(request, &notes) {
      entries["quantizers"] = .block(["weightbench_quantizer": quantizer])
      policies.append(Self.policy("quantizer", "weightbench_quantizer", ending: 1))
    }
    for layer in request.changed { notes.addOthers(of: layer, tool: "Distiller") }
    guard !policies.isEmpty else { throw EngineError.nothingToWrite(for: name, notes.lines) }
    entries["policies"] = .lines(policies)
    let header = "# Distiller schedule of a weightbench plan for \(request.model)\n"
    return Recipe(text: header + PlanTree.block(entries).yaml(), notes: notes.lines)
  }

  private static func policy(_ kind: String, _ name: String, ending: Int) -> PlanTree {
    .map([
      kind: .map(["instance_name": .text(name)]), "starting_epoch": .number(0),
      "ending_epoch": .number(ending), "frequency": .number(1),
    ])
  }

  private static func pruners(
    _ request: RecipeRequest, _ notes: inout RecipeNotes
  ) -> OrderedDictionary<String, PlanTree> {
    struct Filters: Hashable {
      var owner: String
      var fraction: Double
    }
    var levels: OrderedDictionary<String, PlanTree> = [:]
    var thresholds: OrderedDictionary<String, PlanTree> = [:]
    var filters: OrderedDictionary<Filters, [RecipeLayer]> = [:]
    for layer in request.changed {
      guard let prune = layer.form.prune else { continue }
      if prune.measure == "threshold", prune.pattern == .unstructured, prune.scope == "layer" {
        thresholds[layer.parameter] = .number(prune.value)
        continue
      }
      guard let fraction = notes.amount(of: layer, tool: "Distiller") else { continue }
      switch (prune.pattern, prune.criterion) {
      case (.unstructured, "magnitude"), (.unstructured, "l1"), (.unstructured, "l2"):
        levels[layer.parameter] = .number(fraction)
      case (.channel, "magnitude"), (.channel, "l1"):
        filters[
          Filters(owner: "L1RankedStructureParameterPruner", fraction: fraction), default: []
        ].append(layer)
      case (.channel, "l2"):
        filters[
          Filters(owner: "L2RankedStructureParameterPruner", fraction: fraction), default: []
        ].append(layer)
      case (.unstructured, _), (.channel, _):
        notes.add(
          "Distiller's schedule has no criterion '\(prune.criterion)'; pruning is left out",
          layer: layer.name)
      default:
        notes.add(
          "Distiller's schedule has no such pattern of zeros; pruning is left out",
          layer: layer.name)
      }
    }
    var result: OrderedDictionary<String, PlanTree> = [:]
    if !levels.isEmpty {
      result["weightbench_levels"] = .block([
        "class": .text("SparsityLevelParameterPruner"), "levels": .block(levels),
      ])
    }
    if !thresholds.isEmpty {
      result["weightbench_thresholds"] = .block([
        "class": .text("SensitivityPruner"), "sensitivities": .block(thresholds),
      ])
    }
    for (index, entry) in filters.elements.enumerated() {
      result["weightbench_filters_\(index)"] = .block([
        "class": .text(entry.key.owner), "group_type": .text("Filters"),
        "desired_sparsity": .number(entry.key.fraction),
        "weights": .lines(entry.value.map { .text($0.parameter) }),
      ])
    }
    return result
  }

  private static func quantizer(
    _ request: RecipeRequest, _ notes: inout RecipeNotes
  ) -> PlanTree? {
    var overrides: OrderedDictionary<String, PlanTree> = [:]
    var scheme: String?
    var isByChannel: Bool?
    for layer in request.changed {
      let activations = layer.form.activations
      guard layer.form.weights != nil || activations != nil else { continue }
      var weights = layer.form.weights
      if let form = weights, !form.isInteger {
        notes.add(
          "Distiller can't store \(form.words); the weights are left out", layer: layer.name)
        weights = nil
      }
      if let form = weights {
        scheme = scheme ?? form.scheme
        isByChannel = isByChannel ?? (form.granularity != .tensor)
        if scheme != form.scheme || isByChannel != (form.granularity != .tensor) {
          notes.add(
            "Distiller has one mode for all layers, the first one's", layer: layer.name)
        }
        if case .group = form.granularity {
          notes.add("Distiller has no groups; each channel has a scale", layer: layer.name)
        }
        if form.method != "nearest" || form.range != "minmax" {
          notes.add(
            "Distiller rounds to the nearest in the range of the weights", layer: layer.name)
        }
      }
      guard weights != nil || activations != nil else { continue }
      overrides[PlanDraft.escaped(layer.name)] = .map([
        "bits_weights": weights.map { .number($0.bits) } ?? .null,
        "bits_activations": activations.map { .number($0.bits) } ?? .null,
      ])
    }
    guard !overrides.isEmpty else { return nil }
    notes.add("Distiller quantizes while training; without training, run it for no epochs")
    return .block([
      "class": .text("QuantAwareTrainRangeLinearQuantizer"), "bits_activations": .null,
      "bits_weights": .null,
      "mode": .text(scheme == "asymmetric" ? "ASYMMETRIC_UNSIGNED" : "SYMMETRIC"),
      "per_channel_wts": .flag(isByChannel ?? true), "quantize_inputs": .flag(false),
      "overrides": .block(overrides),
    ])
  }
}

extension PlanDraft {
  /// A name as an expression that matches it alone.
  static func escaped(_ name: String) -> String {
    name.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "/" ? "\($0)" : "\\\($0)" }
      .joined()
  }

  /// The name that an expression matches alone; nil when it matches others too.
  static func unescaped(_ expression: String) -> String? {
    var name = ""
    var isEscaped = false
    for character in expression {
      if isEscaped {
        name.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character.isLetter || character.isNumber || "_/".contains(character) {
        name.append(character)
      } else {
        return nil
      }
    }
    return isEscaped ? nil : name
  }
}
