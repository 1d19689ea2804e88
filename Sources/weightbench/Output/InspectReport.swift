import Evaluation
import Foundation
import NetworkGraph
import Tensors

import enum NetworkGraph.Dimension

/// The content of `inspect`, with the JSON keys of the command contract.
struct InspectReport: Encodable {
  struct Value: Encodable {
    var name: String
    var type: String?
    var shape: [Length]
  }

  /// An axis length: a number, or a name.
  enum Length: Encodable {
    case number(Int)
    case name(String)

    init(_ dimension: Dimension) {
      switch dimension {
      case .fixed(let length): self = .number(length)
      default: self = .name(dimension.description)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .number(let length): try container.encode(length)
      case .name(let name): try container.encode(name)
      }
    }
  }

  struct Layer: Encodable {
    var name: String
    var weight: String
    var op: String
    var shape: [Int]
    var parameters: Int
    var multiplyAdds: Int?
    var group: Int
    var minimum: Double
    var maximum: Double
    var mean: Double
    var standardDeviation: Double
    var kurtosis: Double
    var sparsity: Double
    var nonFinite: Int?
  }

  struct Unsupported: Encodable {
    var node: String
    var op: String
    var domain: String
    var reason: String
  }

  var model: String
  var sha256: String
  var bytes: Int
  var opset: Int?
  var parameters: Int
  var multiplyAdds: Int?
  var foldedBatchNorms: Int
  var inputs: [Value]
  var outputs: [Value]
  var layers: [Layer]
  var unsupported: [Unsupported]

  init(_ opened: OpenedModel) throws {
    let summary = opened.summary
    model = opened.name
    sha256 = try opened.sha256()
    bytes = opened.fileBytes
    opset = opened.graph?.opset
    foldedBatchNorms = opened.foldedBatchNorms
    parameters =
      opened.graph.map { graph in
        graph.initializers.values.filter(\.type.isFloat).reduce(0) { $0 + $1.count }
          + graph.nodes.compactMap(\.constantValue).filter(\.type.isFloat)
          .reduce(0) { $0 + $1.count }
      } ?? opened.tensors.values.reduce(0) { $0 + $1.count }
    multiplyAdds = opened.sampleMultiplyAdds().map { $0.reduce(0) { $0 + ($1 ?? 0) } }
    func values(_ infos: [ValueInfo]) -> [Value] {
      infos.map { info in
        Value(
          name: info.name, type: info.type?.rawValue,
          shape: (info.shape ?? []).map { Length($0) })
      }
    }
    inputs = values(opened.graph?.runtimeInputs ?? [])
    outputs = values(opened.graph?.outputs ?? [])
    layers = zip(summary.layers, opened.weights).map { row, weights in
      let statistics = WeightStatistics(weights)
      return Layer(
        name: row.layer.name, weight: row.layer.weight, op: row.layer.op, shape: row.layer.shape,
        parameters: row.layer.parameters, multiplyAdds: row.multiplyAdds, group: row.layer.group,
        minimum: statistics.minimum, maximum: statistics.maximum, mean: statistics.mean,
        standardDeviation: statistics.standardDeviation, kurtosis: statistics.kurtosis,
        sparsity: statistics.sparsity,
        nonFinite: statistics.nonFinite == 0 ? nil : statistics.nonFinite)
    }
    unsupported = opened.unsupported.map {
      Unsupported(node: $0.node, op: $0.op, domain: $0.domain, reason: $0.reason)
    }
  }

  /// The report as a table.
  var text: String {
    var lines = ["\(model)  \(Output.bytes(bytes))  opset \(opset.map(String.init) ?? "-")"]
    lines.append(
      "\(parameters) parameters, "
        + (multiplyAdds.map { "\($0) multiply-adds for one sample" }
          ?? "multiply-adds depend on input shapes the file leaves open"))
    if foldedBatchNorms > 0 {
      lines.append("\(foldedBatchNorms) batch-normalization nodes folded (--keep-batchnorm keeps)")
    }
    func shapes(_ values: [Value]) -> String {
      values.map { value in
        let lengths = value.shape.map { length in
          switch length {
          case .number(let number): "\(number)"
          case .name(let name): name
          }
        }
        return "\(value.name) \(value.type ?? "?") [\(lengths.joined(separator: ", "))]"
      }.joined(separator: "; ")
    }
    lines.append("inputs   \(shapes(inputs))")
    lines.append("outputs  \(shapes(outputs))")
    lines.append("")
    let width = max(layers.map(\.name.count).max() ?? 5, 5)
    func pad(_ text: String, _ width: Int, right: Bool = false) -> String {
      let fill = String(repeating: " ", count: max(width - text.count, 0))
      return right ? fill + text : text + fill
    }
    lines.append(
      pad("layer", width) + "  op             shape              weights  multiply-adds"
        + "       min       max       std  zeros")
    for layer in layers {
      lines.append(
        [
          pad(layer.name, width), pad(layer.op, 13),
          pad(layer.shape.map(String.init).joined(separator: "x"), 14),
          pad("\(layer.parameters)", 11, right: true),
          pad(layer.multiplyAdds.map(String.init) ?? "-", 13, right: true),
          pad(String(format: "%.4f", layer.minimum), 8, right: true),
          pad(String(format: "%.4f", layer.maximum), 8, right: true),
          pad(String(format: "%.4f", layer.standardDeviation), 8, right: true),
          pad(Output.percent(layer.sparsity), 7, right: true),
        ].joined(separator: "  "))
    }
    if !unsupported.isEmpty {
      lines.append("")
      lines.append("This version can't run the graph because of \(unsupported.count) nodes:")
      for node in unsupported { lines.append("  \(node.op) '\(node.node)': \(node.reason)") }
    }
    return lines.joined(separator: "\n")
  }
}
