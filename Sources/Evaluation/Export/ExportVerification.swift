import ModelCompression
import ModelFormats
import NetworkGraph
import Operators
import Tensors

/// The proof that an exported file is what was previewed: it is opened again as any user would, and
/// compared with the plan's own weights, bytes and predictions.
public struct ExportVerification: Sendable {
  /// The format that the file has.
  public let format: ExportFormat
  /// Bytes of the file, and of those that belong to it.
  public let bytes: Int
  /// Bytes that were previewed.
  public let expectedBytes: Int
  /// Of ``layers``, those whose weights in the file equal the previewed ones bit for bit.
  public let exactLayers: Int
  /// Layers that the plan changes, by compressing them or by its steps.
  public let layers: Int
  /// Repaired constants (biases, statistics of batch normalization) that equal the previewed ones bit
  /// for bit.
  public let exactConstants: Int
  /// Repaired constants.
  public let constants: Int
  /// Pruned weights that are exactly zero in the file.
  public let zerosKept: Int
  /// Weights that are zero in the preview.
  public let zeros: Int
  /// Samples run through both, the preview and the file; 0 without data or graph.
  public private(set) var samples = 0
  /// Samples on which both name the same class (or give the same outputs, where outputs are no class
  /// scores).
  public private(set) var samePredictions = 0
  /// The largest difference between an output of the file and of the preview, relative to the largest
  /// output of the sample.
  public private(set) var largestDifference = 0.0

  /// Whether everything is as previewed.
  public var isProven: Bool {
    bytes == expectedBytes && exactLayers == layers && exactConstants == constants
      && zerosKept == zeros && samePredictions == samples
  }

  /// Compares the weights and bytes of a file with a plan.
  ///
  /// - Parameters:
  ///   - path: The exported file.
  ///   - model: The model it was made from.
  ///   - compressed: The plan it was made by.
  /// - Throws: ``EngineError`` when the file can't be read or lacks a layer.
  public init(
    path: String, model: OpenedModel, compressed: CompressedPlan
  ) throws(EngineError) {
    let source: ExportedWeights
    (source, format, bytes) = try ExportedWeights.open(path, model: model, compressed: compressed)
    expectedBytes = try ModelExporter(model: model, compressed: compressed).byteCount(format)
    var exact = 0
    var kept = 0
    var zeros = 0
    let changed = compressed.changedWeights
    for weights in changed {
      let previewed = weights.values.array(of: Float.self)
      let found: [Float]
      do throws(EngineError) { found = try source.floats(of: weights.layer) } catch {
        throw error.inFile(path)
      }
      if Self.areSame(previewed, found) { exact += 1 }
      for (value, other) in zip(previewed, found) where value == 0 {
        zeros += 1
        if other == 0 { kept += 1 }
      }
    }
    layers = changed.count
    exactLayers = exact
    constants = compressed.constants.count
    exactConstants = compressed.constants.count { name, tensor in
      source.constant(name).map { Self.areSame(tensor.floats, $0.floats) } ?? false
    }
    self.zeros = zeros
    zerosKept = kept
  }

  private static func areSame(_ a: [Float], _ b: [Float]) -> Bool {
    a.elementsEqual(b, by: { $0.bitPattern == $1.bitPattern })
  }

  /// Runs preview and file on the same samples; weight files have nothing to run.
  ///
  /// - Parameters:
  ///   - path: The exported file.
  ///   - engine: The engine that previews.
  ///   - compressed: The plan.
  ///   - threads: Worker threads.
  public mutating func compareOutputs(
    path: String, engine: PreviewEngine, compressed: CompressedPlan, threads: Int
  ) async throws {
    guard let data = engine.data, engine.canMeasure, format.holdsGraph else { return }
    let previewed = try await engine.outputs(of: compressed)
    let reopened = try OpenedModel(path: path, keepBatchNorm: true)
    let other = try PreviewEngine(model: reopened, data: data, threads: threads)
    let exported = try await other.outputs(of: nil)
    samples = previewed.count
    for (mine, theirs) in zip(previewed, exported) {
      let largest = mine.values.reduce(Float.leastNormalMagnitude) { max($0, $1.magnitude) }
      let difference = zip(mine.values, theirs.values).reduce(Float(0)) {
        max($0, ($1.0 - $1.1).magnitude)
      }
      let relative = Double(difference / largest)
      largestDifference = max(largestDifference, relative)
      let same = mine.best != nil ? mine.best == theirs.best : relative < 1e-4
      if same { samePredictions += 1 }
    }
  }
}
