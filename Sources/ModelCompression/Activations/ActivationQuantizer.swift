import NetworkGraph
import Tensors

/// Graphs in which activations are rounded to integer codes: the QDQ form of ONNX, a `QuantizeLinear`
/// and a `DequantizeLinear` behind each other.
///
/// The graph is at once what the preview runs and what is exported: every runtime computes the same
/// codes from the same floats, round half to even, and a runtime with integer kernels may replace a node
/// between such pairs by one. Dynamic activations are a `DynamicQuantizeLinear` with a
/// `DequantizeLinear`, of which ONNX Runtime makes integer matrix products.
///
/// Static activations take three steps: ``sites(in:settings:)`` says what to calibrate, ranges come from
/// calibration (``ActivationCounts``), and ``apply(to:settings:ranges:)`` makes the graph.
public enum ActivationQuantizer {
  /// Which values of a graph are rounded when layers are to read codes, in evaluation order.
  ///
  /// - Parameters:
  ///   - graph: The graph, with float weights.
  ///   - settings: The settings of layers by name; layers without one read floats.
  public static func sites(
    in graph: NetworkGraph, settings: [String: ActivationQuantization]
  ) -> [ActivationSite] {
    ActivationPlacement.sites(in: graph, settings: settings)
  }

  /// The graph with activations rounded; weights and biases are untouched.
  ///
  /// Values, nodes and weights keep their names, so that the layers are found again; a bias that several
  /// layers share is given to each of them, since ``QuantizedBias`` treats each in its own way. A graph
  /// of an older operator set is upgraded to 13, or 21 where the codes need it.
  ///
  /// - Parameters:
  ///   - graph: The graph, with float weights.
  ///   - settings: The settings of layers by name.
  ///   - ranges: The range of each static ``ActivationSite/source``.
  /// - Throws: ``EngineError`` with code `invalidArgument` when a range is missing, or `unsupported`
  ///   naming the node that can't be upgraded.
  public static func apply(
    to graph: NetworkGraph, settings: [String: ActivationQuantization],
    ranges: [String: ValueRange]
  ) throws(EngineError) -> NetworkGraph {
    guard !settings.isEmpty else { return graph }
    let opset = settings.values.reduce(13) { max($0, $1.requiredOpset) }
    var result = try graph.upgraded(toOpset: opset)
    let sites = sites(in: result, settings: settings)
    var rewrite = ActivationRewrite(result)
    result = try rewrite.inserting(sites, ranges: ranges)
    QuantizedBias.separate(in: &result)
    return result
  }

  /// The graph as it is written, once its weights are behind `DequantizeLinear` (``QuantizedGraph``):
  /// what integer kernels want beside codes on both sides.
  ///
  /// Layers that read static 8-bit codes get 32-bit integer biases, and weights of 8 bits a zero point
  /// even where it is 0, without which ONNX Runtime has no integer `Gemm`. Products of dynamic codes and
  /// 8-bit weights become `MatMulInteger`, the form that ONNX Runtime's own tool writes and runs as one
  /// kernel; behind a `DequantizeLinear` it would quantize them once more in its own way. Convolutions of
  /// dynamic codes keep the pair, which every runtime runs as it stands. Graphs without rounded
  /// activations stay as they are.
  ///
  /// - Parameter isForSize: Whether the weights are stand-ins without numbers: the result has the size of
  ///   what is written, and is of no other use.
  public static func completed(_ graph: NetworkGraph, isForSize: Bool = false) -> NetworkGraph {
    let ops = ["QuantizeLinear", "DynamicQuantizeLinear"]
    guard graph.nodes.contains(where: { ops.contains($0.op) && $0.domain.isEmpty }) else {
      return graph
    }
    var result = QuantizedBias.rewrite(graph, isForSize: isForSize)
    WeightZeroPoints.add(to: &result)
    return IntegerProducts.rewrite(result, isForSize: isForSize)
  }
}
