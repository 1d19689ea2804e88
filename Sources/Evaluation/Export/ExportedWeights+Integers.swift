import NetworkGraph
import Tensors

extension ExportedWeights {
  /// A weight that integer products read as codes, with no node that decodes it: (code - zero point) x
  /// scale, in the stored axes; nil when there is none.
  static func integerProduct(
    of layer: CompressibleLayer, in graph: NetworkGraph
  ) -> [Float]? {
    let name = layer.weight
    let straight = graph.initializers[name + "_quantized"]
    guard layer.shape.count == 2,
      let tensor = straight ?? graph.initializers[name + "_quantized_transposed"],
      let scales = graph.initializers[name + "_scale"]?.floats, !scales.isEmpty
    else { return nil }
    let codes = tensor.integers
    let zeros = graph.initializers[name + "_zero_point"]?.integers ?? [0]
    let (rows, columns) = (layer.shape[0], layer.shape[1])
    guard codes.count == rows * columns, !zeros.isEmpty else { return nil }
    var result: [Float] = []
    result.reserveCapacity(codes.count)
    for row in 0..<rows {
      for column in 0..<columns {
        let code = codes[straight == nil ? column * rows + row : row * columns + column]
        let channel = layer.outputAxis == 0 ? row : column
        let scale = scales[scales.count == 1 ? 0 : channel]
        result.append(Float(code - zeros[zeros.count == 1 ? 0 : channel]) * scale)
      }
    }
    return result
  }
}
