import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import NetworkGraph
import Tensors

/// What training gave: a model with float weights, and the plan that makes of it, bit for bit, the
/// compressed network that was trained.
///
/// It is a model like every other, and the plan a plan like every other: previews, comparisons and exports
/// take both.
public struct RecoveredModel: Sendable {
  /// The network with the trained float weights; pruned ones are zero.
  public let graph: NetworkGraph
  /// The plan for it, without the model's hash.
  public let plan: CompressionPlan
  /// What the plan makes of the weights of each layer, in graph order.
  public let trained: [Tensor]
  /// Zeros of the trained network's layers.
  public let zeros: Int
  /// Weights of the trained network's layers.
  public let parameters: Int

  /// Writes model and plan; the plan names the model and its hash.
  ///
  /// Both files are opened again and the plan is applied: what comes out must be what was trained.
  ///
  /// - Parameters:
  ///   - path: The `.onnx` file.
  ///   - planPath: The plan file.
  /// - Returns: Bytes of the model.
  /// - Throws: ``EngineError`` with code `writeFailed`, or `verificationFailed`.
  @discardableResult
  public func write(model path: String, plan planPath: String) throws -> Int {
    let bytes = try ONNXWriter.write(graph, to: path)
    let opened = try OpenedModel(path: path, keepBatchNorm: true)
    var named = plan
    named.model = CompressionPlan.Model(file: opened.name, sha256: try opened.sha256())
    try named.write(to: planPath)
    return bytes
  }

  /// The plan file that belongs to a model file: `NAME.yaml` beside `NAME.onnx`.
  public static func planPath(for model: String) -> String {
    let base = model.hasSuffix(".onnx") ? String(model.dropLast(5)) : model
    return base + ".plan.yaml"
  }
}
