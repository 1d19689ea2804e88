import ArgumentParser
import Datasets
import Evaluation
import Foundation
import ModelCompression
import OrderedCollections
import Synchronization
import Tensors

/// Finds a plan under a budget.
struct SearchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "search", abstract: "Find the plan that harms least under a budget.",
    discussion: """
      Layers are measured one by one at every setting, a knapsack chooses one setting for each, and \
      measured exchanges improve the choice. The images searched on and those reported on are \
      disjoint. Ctrl-C ends the search and writes the best plan so far.
      """)

  @OptionGroup var model: ModelOptions
  @OptionGroup var data: DataOptions
  @OptionGroup var calibration: CalibrationOptions
  @OptionGroup var memory: MemoryOptions
  @Option(help: "The plan file to write (YAML, or JSON by its ending).") var output: String
  @Option(
    name: .customLong("max-size"),
    help: ArgumentHelp(
      "Largest size: bytes as 262144, 200K or 1.5M, or a share of the model's file as 25%.",
      discussion: "The size is the model's file with every weight in its smallest encoding."))
  var maxSize: String?
  @Option(
    name: .customLong("average-bits"),
    help: "Most stored bits for each weight; scales, zero points and masks count.")
  var averageBits: Double?
  @Option(
    name: .customLong("max-multiply-adds"),
    help: ArgumentHelp(
      "Most multiply-adds that meet a nonzero weight, for one sample, as 20M.",
      discussion: """
        Layers are pruned and keep their bits. Only software that skips zeros gets faster by it.
        """))
  var maxMultiplyAdds: String?
  @Option(
    name: .customLong("max-drop"),
    help: ArgumentHelp(
      "Most points to lose, as 1.0: the smallest such plan is searched for.",
      discussion: """
        Points of top-1; without labels of agreement with the original, and of cosine where outputs \
        are no class scores.
        """))
  var maxDrop: Double?
  @Option(help: "Bits that a layer may get: 8,7,6,5,4,3,2, or none.") var bits: String?
  @Option(help: "Pruning amounts that a layer may get: 0,0.1 ... 0.9, or none.") var prune: String?
  @Option(
    parsing: .upToNextOption,
    help: "Layers to leave as the start plan has them; may be repeated.")
  var pin: [String] = []
  @Option(help: "Layers that get one setting together, as A,B; may be repeated.")
  var group: [String] = []
  @Flag(
    name: .customLong("no-pin-head"),
    help: "Search over a detector's head too, which is pinned where no --plan is given.")
  var noPinHead = false
  @Option(help: "The plan to start from: its pinned layers and its ways to prune and quantize.")
  var plan: String?
  @Option(
    name: .customLong("report-images"),
    help: "Images set aside to report on (default: half, and all but 2000 of many).")
  var reportImages: Int?
  @Flag(help: "Replace the plan file if it exists.") var overwrite = false
  @Option(help: "Show a progress bar: never, auto or always.") var progress: ProgressMode = .auto
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    let goals = [
      maxSize != nil, averageBits != nil, maxMultiplyAdds != nil, maxDrop != nil,
    ].filter { $0 }.count
    guard goals == 1 else {
      throw ValidationError(
        "Give one goal: --max-size, --average-bits, --max-multiply-adds or --max-drop.")
    }
    _ = try numbers(bits, "--bits") { Int($0) }
    _ = try numbers(prune, "--prune") { Double($0) }
  }

  func run() async throws {
    if !overwrite, let size = try? FileManager.default.attributesOfItem(atPath: output)[.size],
      (size as? Int ?? 0) > 0
    {
      throw EngineError(
        .writeFailed, path: output, problem: "exists already",
        remedy: "Give another name, or --overwrite")
    }
    let opened = try model.open()
    let samples = try data.openRequired()
    let search = try search(for: opened)
    let engine = try PreviewEngine(
      model: opened, data: samples, threads: model.threads.count, seed: data.seed,
      memoryBudget: memory.memory?.bytes,
      calibration: try calibration.samples(plan: search.start, path: plan, data: samples))
    let latest = Mutex<SearchProgress?>(nil)
    let line = ProgressLine(progress)
    let task = Task {
      try await PlanSearcher(engine: engine).run(search) { progress in
        latest.withLock { $0 = progress }
        line.show(progress.fraction, Self.text(progress))
      }
    }
    let interrupt = InterruptHandler { task.cancel() }
    do {
      let result = try await task.value
      interrupt.remove()
      line.clear()
      try await report(result, engine: engine)
    } catch is CancellationError {
      line.clear()
      try keep(latest.withLock { $0 })
      throw ExitCode(130)
    }
  }

  private func search(for model: OpenedModel) throws -> PlanSearch {
    let start = try plan.map { path in try CompressionPlan.read(path: path) }
    if let start, start.model?.sha256 != nil { try start.check(modelSHA256: model.sha256()) }
    var search = PlanSearch(
      goal: try goal(for: model), pinned: pin,
      groups: group.map { $0.split(separator: ",").map(String.init) }, seed: data.seed,
      reportImages: reportImages, start: start ?? defaultPlan(for: model))
    if let bits = try numbers(bits, "--bits", { Int($0) }) { search.bits = bits }
    if let amounts = try numbers(prune, "--prune", { Double($0) }) { search.amounts = amounts }
    return search
  }

  /// The plan to start from where none is given, with a note of what it pins.
  private func defaultPlan(for model: OpenedModel) -> CompressionPlan {
    guard !noPinHead else { return CompressionPlan() }
    let head = data.data.flatMap { try? EvaluationData.describedHead(path: $0) }
    let (plan, layers) = model.defaultPlan(head: head ?? nil)
    if let layers {
      Output.note(
        "note: \(layers.text), and heads lose most by compression; --no-pin-head searches over them"
      )
    }
    return plan
  }

  private func goal(for model: OpenedModel) throws -> PlanSearch.Goal {
    if let maxSize {
      return .maxSize(bytes: try SizeText(maxSize).bytes(of: model.fileBytes))
    }
    if let averageBits { return .averageBits(averageBits) }
    if let maxMultiplyAdds {
      let all = model.summary.layers.reduce(0) { $0 + ($1.multiplyAdds ?? 0) }
      return .maxMultiplyAdds(try SizeText(maxMultiplyAdds).bytes(of: all))
    }
    return .maxDrop(points: maxDrop ?? 0)
  }

  /// A list of numbers; nil when none is given, empty for `none`.
  private func numbers<Number>(
    _ text: String?, _ option: String, _ parse: (String) -> Number?
  ) throws -> [Number]? {
    guard let text else { return nil }
    if text == "none" { return [] }
    return try text.split(separator: ",").map { part in
      guard let number = parse(part.trimmingCharacters(in: .whitespaces)) else {
        throw ValidationError("\(option) '\(text)' is not a list of numbers, nor 'none'.")
      }
      return number
    }
  }

  private func report(_ result: SearchResult, engine: PreviewEngine) async throws {
    var plan = result.plan
    plan.results = Self.results(result)
    try plan.write(to: output)
    let compressed = try await engine.compress(plan)
    let report = SearchReport(
      result, plan: compressed, size: try engine.size(of: compressed), output: output)
    if json {
      Output.json(report)
    } else {
      print(report.text)
    }
  }

  /// The informative figures of the plan file: those of the images that were not searched on.
  private static func results(_ result: SearchResult) -> OrderedDictionary<String, PlanValue> {
    var results: OrderedDictionary<String, PlanValue> = [:]
    if let accuracy = result.metrics.plan { results["top1"] = .number(accuracy.top1) }
    if let delta = result.metrics.delta { results["delta"] = .number(delta.top1) }
    if let task = result.metrics.task, let value = task.headline.plan {
      results[task.headline.key] = .number(value)
      if let difference = task.difference { results["delta"] = .number(difference.value) }
    }
    results["cosine"] = .number(result.metrics.cosine)
    results["images"] = .integer(result.reportImages)
    results["storedBytes"] = .integer(result.bytes)
    return results
  }

  /// Writes the best plan of a search that was cancelled.
  private func keep(_ progress: SearchProgress?) throws {
    guard let progress, progress.isUsable else {
      Output.note("weightbench: cancelled before a plan was found; nothing is written")
      return
    }
    try progress.best.write(to: output)
    let state = progress.metrics == nil ? "not measured yet" : "measured on search images only"
    Output.note(
      "weightbench: cancelled; wrote the best plan so far to \(output): "
        + "\(Output.bytes(progress.bytes)), \(state)")
  }

  private static func text(_ progress: SearchProgress) -> String {
    var text = "\(progress.phase.rawValue)  \(progress.evaluations) measured"
    guard progress.isUsable else { return text }
    text += "  best \(Output.bytes(progress.bytes))"
    if let headline = progress.metrics?.headline {
      text += "  \(headline.name) \(headline.text(headline.plan))"
    }
    return text
  }
}
