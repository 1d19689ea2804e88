import Foundation
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// The exact sizes of a model under plans, without making any compressed weights: fast enough to be
/// there with the next frame.
///
/// Figures are remembered by layer and setting, and those of file formats by what decides them, so that
/// turning one layer's knob counts one layer.
public final class PlanSizes: Sendable {
  /// One layer's exact size.
  public struct Layer: Sendable, Hashable {
    /// Bytes in the smallest encoding, scales included.
    public let storedBytes: Int
    /// Share of zeros; nil for an untouched layer whose weights were not counted yet.
    public let sparsity: Double?
  }

  /// All sizes under a plan.
  public struct Result: Sendable {
    /// The model's.
    public let summary: SizeSummary
    /// Each layer's, in layer order.
    public let layers: [Layer]
    /// Whether every layer's zeros are counted; the bytes are exact either way.
    public let isComplete: Bool
  }

  private struct Key: Hashable {
    var layer: Int
    var setting: EffectiveSetting
  }

  /// What the bytes of an exported file depend on besides the model: neither weights nor zeros.
  private struct Form: Hashable {
    var isUntouched: Bool
    var isPruned: Bool
    var weights: WeightQuantization?
    var activations: ActivationQuantization?
  }

  private struct State {
    var measures: [Key: LayerMeasure] = [:]
    var formats: [[Form]: [String: Int]] = [:]
    /// Those that depend on the number of zeros too.
    var sparseFormats: [[SparseForm]: [String: Int]] = [:]
  }

  /// What the bytes of files without their zeros depend on.
  private struct SparseForm: Hashable {
    var form: Form
    var prune: PruneSetting?
    var zeros: Int?
  }

  private let model: OpenedModel
  private let compressor: PlanCompressor
  private let standIn: WeightStandIn
  private let layout: StateDictLayout
  private let multiplyAdds: [Int?]
  /// Where plans with steps are counted; nil for a network that such steps made.
  private let variants: VariantStore?
  private let state = Mutex(State())

  /// Sizes of `model`; nothing is computed yet.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - multiplyAdds: One figure a layer, nil where unknown.
  ///   - compressor: What counts layers; nil takes the model's own, which knows no calibration.
  public convenience init(
    model: OpenedModel, multiplyAdds: [Int?], compressor: PlanCompressor? = nil
  ) {
    self.init(model: model, multiplyAdds: multiplyAdds, compressor: compressor, variants: nil)
  }

  init(
    model: OpenedModel, multiplyAdds: [Int?], compressor: PlanCompressor?,
    variants: VariantStore?
  ) {
    self.model = model
    self.compressor = compressor ?? model.compressor
    self.variants = variants
    self.multiplyAdds = multiplyAdds
    layout = StateDictLayout(model: model)
    standIn = WeightStandIn(largestLayer: model.layers.map(\.parameters).max() ?? 0)
  }

  /// The sizes under a plan.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: ``EngineError`` when the plan does not fit the model; `CancellationError`.
  public func sizes(
    of plan: CompressionPlan, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> Result {
    if let variants, let steps = PlanSteps(plan) {
      return try variants.variant(steps, isCancelled: isCancelled).sizes
        .sizes(of: plan, isCancelled: isCancelled)
    }
    let settings = try compressor.resolver.resolve(plan).settings
    try compressor.prepareCalibration(for: settings, isCancelled: isCancelled)
    let effective = try compressor.effectiveSettings(
      settings, seed: plan.seed ?? 0, isCancelled: isCancelled)
    let measures = try self.measures(effective, isCancelled)
    let layers = zip(compressor.layers, measures).map { layer, measure in
      Layer(
        storedBytes: measure.size.best,
        sparsity: measure.zeroCount.map { Double($0) / Double(max(layer.parameters, 1)) })
    }
    let formats = try self.formats(settings, measures)
    return Result(
      summary: SizeSummary(
        model: model,
        rows: zip(measures, layers).map { measure, layer in
          SizeSummary.Row(size: measure.size, sparsity: layer.sparsity)
        }, formats: formats, multiplyAdds: multiplyAdds),
      layers: layers, isComplete: layers.allSatisfy { $0.sparsity != nil })
  }

  /// The figures of every layer; those not remembered are counted side by side.
  private func measures(
    _ effective: [EffectiveSetting], _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [LayerMeasure] {
    var measures = state.withLock { state in
      effective.enumerated().map { state.measures[Key(layer: $0.offset, setting: $0.element)] }
    }
    let missing = measures.indices.filter { measures[$0]?.zeroCount == nil }
    let compressor = self.compressor
    let made = try Self.map(missing, isCancelled) { index in
      try compressor.measure(index, effective[index], isCancelled: isCancelled)
    }
    state.withLock { state in
      // A figure is some hundred bytes; a long session makes thousands, not millions.
      if state.measures.count > 1 << 17 { state.measures = [:] }
      for (index, measure) in zip(missing, made) {
        measures[index] = measure
        state.measures[Key(layer: index, setting: effective[index])] = measure
      }
    }
    return measures.compactMap { $0 }
  }

  /// Calls `body` for each item on all cores when there is enough to do, else here.
  private static func map<R: Sendable>(
    _ items: [Int], _ isCancelled: @escaping @Sendable () -> Bool,
    _ body: @Sendable (Int) throws -> R
  ) throws -> [R] {
    guard items.count > 1 else { return try items.map(body) }
    let results = Mutex<[Swift.Result<R, any Error>?]>(Array(repeating: nil, count: items.count))
    DispatchQueue.concurrentPerform(iterations: items.count) { place in
      let result = Swift.Result {
        if isCancelled() { throw CancellationError() }
        return try body(items[place])
      }
      results.withLock { $0[place] = result }
    }
    return try results.withLock { $0 }.compactMap { $0 }.map { try $0.get() }
  }

  /// Exact bytes of the file in each format.
  private func formats(
    _ settings: [LayerSetting], _ measures: [LayerMeasure]
  ) throws -> [String: Int] {
    let forms = zip(settings, measures).map {
      Form(
        isUntouched: $1.isUntouched, isPruned: $1.prunedCount > 0, weights: $0.weights,
        activations: $0.activations)
    }
    // An untouched layer is stored as it is, whether its zeros were counted or not.
    let sparse = zip(forms, zip(settings, measures)).map { form, layer in
      SparseForm(
        form: form, prune: layer.0.prune, zeros: form.isUntouched ? nil : layer.1.zeroCount)
    }
    let known = state.withLock { ($0.formats[forms], $0.sparseFormats[sparse]) }
    if let plain = known.0, let rest = known.1 { return plain.merging(rest) { first, _ in first } }
    let weights = settings.indices.map { index in
      measures[index].isUntouched
        ? nil
        : standIn.weights(compressor.prepared[index], settings[index], measures[index])
    }
    let rounding = model.rounding(settings)
    let exporter = ModelExporter(
      model: rounding.isEmpty ? model : try model.sizedForRounding(rounding), weights: weights,
      layout: layout, isForSize: true)
    func count(_ formats: [ExportFormat]) -> [String: Int] {
      var bytes: [String: Int] = [:]
      for format in formats {
        if let count = try? exporter.byteCount(format) { bytes[format.rawValue] = count }
      }
      return bytes
    }
    let all = ModelExporter.formats(for: model)
    let plain = known.0 ?? count(all.filter { !$0.dependsOnZeros })
    let rest = known.1 ?? count(all.filter(\.dependsOnZeros))
    state.withLock { state in
      if state.formats.count > 256 { state.formats = [:] }
      if state.sparseFormats.count > 256 { state.sparseFormats = [:] }
      state.formats[forms] = plain
      state.sparseFormats[sparse] = rest
    }
    return plain.merging(rest) { first, _ in first }
  }

  /// The layer nearest to `focus` whose zeros are not counted; nil when all are.
  public func uncounted(nearest focus: Int) -> Int? {
    let prepared = model.compressor.prepared
    return prepared.indices.filter { prepared[$0].knownCounts == nil }
      .min { abs($0 - focus) < abs($1 - focus) }
  }

  /// Counts the zeros of a layer, so that its sparsity is known when it is left alone.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds.
  /// - Throws: `CancellationError`.
  public func countZeros(of layer: Int, isCancelled: () -> Bool) throws {
    let prepared = model.compressor.prepared[layer]
    guard prepared.knownCounts == nil else { return }
    _ = try prepared.counts(isCancelled: isCancelled)
    // The pages can be read again; they need not count as this program's memory until then.
    prepared.weights.releasePages()
  }
}
