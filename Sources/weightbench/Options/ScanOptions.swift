import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors

/// What a sensitivity scan measures.
struct ScanOptions: ParsableArguments {
  @Option(help: "Amounts to prune each layer to, comma-separated; '' for none.")
  var prune = "0.3,0.5,0.7,0.9"
  @Option(help: "Bits to quantize each layer to, comma-separated; '' for none.")
  var bits = "8,6,4,3,2"
  @Option(help: "alone: one layer compressed at a time. all-but: all layers but one.")
  var direction: SensitivityScan.Direction = .alone
  @Option(help: "Only layers whose names match, such as 'layer1.*'; comma-separated.")
  var layers: String?
  @Flag(
    name: .customLong("early-stop"),
    help: ArgumentHelp(
      "End a cell when its result is decided.",
      discussion: """
        Images are run in the order of how easily they change their class; a cell ends when images \
        stop changing, and cells with large drops are sampled. Such cells are marked 'decided'; \
        their figures are estimates for all images.
        """))
  var earlyStop = false
  @Option(
    help: ArgumentHelp(
      "Measure part I of N only, such as 2/4; see `weightbench merge`.",
      discussion: "Default: the task of a Slurm array, where the program runs as one."))
  var shard: String?

  func validate() throws {
    if try settings().isEmpty { throw ValidationError("Give amounts or bits to measure.") }
    _ = try parsedShard(environment: [:])
  }

  /// The settings in order: amounts, then bits.
  func settings() throws -> [LayerSetting] {
    let amounts = try Self.list(prune, "--prune").map { text in
      guard let amount = Double(text), (0...1).contains(amount) else {
        throw ValidationError("--prune: '\(text)' is not a share from 0 to 1, such as 0.5.")
      }
      return amount
    }
    let widths = try Self.list(bits, "--bits").map { text in
      guard let width = Int(text), WeightQuantization.allowedBits.contains(width) else {
        throw ValidationError("--bits: '\(text)' is not a number of bits: 2 to 8, or 16.")
      }
      return width
    }
    let settings = SensitivityScan.settings(amounts: amounts, bits: widths)
    guard Set(settings).count == settings.count else {
      throw ValidationError("--prune and --bits: list each value once.")
    }
    return settings
  }

  private static func list(_ text: String, _ option: String) throws -> [String] {
    let items = text.split(separator: ",", omittingEmptySubsequences: false).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    return items == [""] ? [] : items
  }

  /// The part to measure: as given, or as a Slurm array says; nil for all.
  func parsedShard(environment: [String: String]) throws -> SensitivityScan.Shard? {
    if let shard {
      let parts = shard.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
      guard parts.count == 2, let index = parts[0], let count = parts[1], count >= 1,
        (1...count).contains(index)
      else {
        throw ValidationError("--shard '\(shard)' is not I/N with I from 1 to N, such as 2/4.")
      }
      return SensitivityScan.Shard(index: index - 1, count: count)
    }
    func number(_ name: String) -> Int? {
      environment["SLURM_ARRAY_TASK_" + name].flatMap { Int($0) }
    }
    guard let task = number("ID"), let count = number("COUNT"), count > 1 else { return nil }
    let step = max(number("STEP") ?? 1, 1)
    let index = (task - (number("MIN") ?? 0)) / step
    guard (0..<count).contains(index) else {
      throw ValidationError(
        "SLURM_ARRAY_TASK_ID is \(task) in an array of \(count): give --shard I/N.")
    }
    return SensitivityScan.Shard(index: index, count: count)
  }

  /// The scan of a model.
  func scan(_ model: OpenedModel, precision: EvaluationPrecision) throws -> SensitivityScan {
    SensitivityScan(
      settings: try settings(), layers: try names(model), direction: direction,
      precision: precision, stopsEarly: earlyStop,
      shard: try parsedShard(environment: ProcessInfo.processInfo.environment))
  }

  /// The layers that match; nil for all.
  private func names(_ model: OpenedModel) throws(EngineError) -> [String]? {
    guard let layers else { return nil }
    let patterns = layers.split(separator: ",").map(String.init)
    let names = model.layers.map(\.name).filter { name in
      patterns.contains { fnmatch($0, name, 0) == 0 }
    }
    guard !names.isEmpty else {
      throw EngineError(
        .invalidArgument, subject: "--layers '\(layers)'", problem: "matches no layer",
        remedy: "`weightbench inspect` lists the layers; * stands for any characters")
    }
    return names
  }
}

extension SensitivityScan.Direction: ExpressibleByArgument {}
