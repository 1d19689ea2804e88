import NetworkGraph
import Tensors

/// A weight seen as a matrix of output channels by input channels, whatever the order of its axes, its
/// kernel and its groups.
///
/// Stored weights belong to an output channel and to an input channel *inside the group*; the input
/// channel of the whole layer adds the group's offset.
struct ChannelMatrix {
  /// Output channels.
  let outputs: Int
  /// Input channels as stored: those of one group.
  let storedInputs: Int
  /// Input channels of the whole layer.
  let inputs: Int
  /// Stored weights in a row that belong to the same pair of channels.
  let run: Int
  private let outputStride: Int
  private let inputStride: Int
  /// Output channels of one group.
  let outputsOfGroup: Int

  /// Nil for transposed convolutions with groups, whose channels lie otherwise.
  init?(_ layer: CompressibleLayer) {
    guard layer.op != "ConvTranspose" || layer.group == 1 else { return nil }
    outputs = layer.shape[layer.outputAxis]
    storedInputs = layer.shape[layer.inputAxis]
    inputs = storedInputs * layer.group
    outputStride = layer.shape[(layer.outputAxis + 1)...].reduce(1, *)
    inputStride = layer.shape[(layer.inputAxis + 1)...].reduce(1, *)
    run = min(outputStride, inputStride)
    outputsOfGroup = max(outputs / max(layer.group, 1), 1)
  }

  /// Output channel, stored input channel and input channel of the weight at a flat index.
  @inline(__always)
  func channels(at index: Int) -> (output: Int, stored: Int, input: Int) {
    let output = index / outputStride % outputs
    let stored = index / inputStride % storedInputs
    return (output, stored, output / outputsOfGroup * storedInputs + stored)
  }

  /// The largest magnitude of each pair of channels, outputs first.
  func magnitudes(_ weights: Tensor) -> [Float] {
    var result = [Float](repeating: 0, count: outputs * storedInputs)
    weights.withElements(of: Float.self) { values in
      var start = 0
      while start < values.count {
        let (output, stored, _) = channels(at: start)
        var largest: Float = 0
        for index in start..<(start + run) { largest = max(largest, values[index].magnitude) }
        let place = output * storedInputs + stored
        result[place] = max(result[place], largest)
        start += run
      }
    }
    return result
  }

  /// The weights times `inputFactors` of their input channel, divided by `outputDivisors` of their
  /// output channel: worked out in double precision, rounded once.
  func scaled(
    _ weights: Tensor, inputFactors: [Double], outputDivisors: [Double]
  ) -> Tensor {
    weights.withElements(of: Float.self) { values in
      Tensor.building(weights.shape) { result in
        var start = 0
        while start < values.count {
          let (output, _, input) = channels(at: start)
          let factor = inputFactors[input] / outputDivisors[output]
          for index in start..<(start + run) {
            result[index] = Float(Double(values[index]) * factor)
          }
          start += run
        }
      }
    }
  }
}
