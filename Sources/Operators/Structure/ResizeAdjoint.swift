import NetworkGraph
import Tensors

/// The adjoint of `Resize` and `Upsample`: each element of the result gives what comes back to it to the
/// elements of the input that it was mixed from, by their weights.
///
/// Resizing works axis by axis and is linear, so that its adjoint is that of each axis, from the last to
/// the first. Where a crop reaches outside, a constant stands, which takes nothing.
package enum ResizeAdjoint {
  /// dL/dX from dL/dY.
  ///
  /// - Parameters:
  ///   - call: The node.
  ///   - inputs: Its inputs; of the first one only the shape counts.
  ///   - gradient: dL/dY, float32 in the shape of the result.
  /// - Throws: ``EngineError`` with code `unsupported` when scales or sizes are missing.
  package static func run(
    _ call: OperatorCall, inputs: [Tensor?], gradient: Tensor
  ) throws(EngineError) -> Tensor {
    let options = try ResizeOptions(call)
    let shape: [Int] = try inputs.required(0, "X").shape
    let isUpsample = call.node.op == "Upsample"
    func given(_ index: Int) -> Tensor? {
      // An empty tensor stands for an omitted input.
      inputs.indices.contains(index) ? inputs[index].flatMap { $0.count > 0 ? $0 : nil } : nil
    }
    let sizes = isUpsample || call.opset < 11 ? nil : given(3)
    let scales = isUpsample || call.opset < 11 ? given(1) : given(2)
    let plan = try ResizePlan(
      options: options, shape: shape,
      scales: sizes == nil ? scales?.floats ?? call.node.floats("scales") : nil,
      sizes: sizes?.integers, crop: isUpsample || call.opset < 11 ? nil : given(1)?.floats)
    var result = gradient
    for (index, axis) in plan.axes.enumerated().reversed() where !axis.isIdentity {
      result = spread(result, axis: index, ResizeAxisTable(axis, options: options), axis.length)
    }
    return result
  }

  /// Adds up along one axis of the given length, in double precision.
  private static func spread(
    _ gradient: Tensor, axis: Int, _ table: ResizeAxisTable, _ length: Int
  ) -> Tensor {
    let rows = AxisRows(shape: gradient.shape, axis: axis)
    var shape = gradient.shape
    shape[axis] = length
    var sums = [Double](repeating: 0, count: Shapes.product(shape))
    gradient.withElements(of: Float.self) { gradient in
      for outer in 0..<rows.outer {
        for index in 0..<rows.length where !table.isOutside[index] {
          let from = (outer * rows.length + index) * rows.inner
          for tap in index * table.taps..<(index + 1) * table.taps {
            // Nearest neighbours have no weights: they count whole.
            let weight = table.weights.isEmpty ? 1 : table.weights[tap]
            let into = (outer * length + table.sources[tap]) * rows.inner
            for inner in 0..<rows.inner {
              sums[into + inner] += weight * Double(gradient[from + inner])
            }
          }
        }
      }
    }
    return Tensor(shape, sums.map { Float($0) })
  }
}
