import NetworkGraph
import Tensors

/// A layer that is equalized, and how its channels are scaled so far.
struct EqualizationMember {
  var layer: CompressibleLayer
  /// The weights as they were.
  var weights: Tensor
  var matrix: ChannelMatrix
  /// The largest magnitude of each pair of channels, outputs first.
  var magnitudes: [Float]
  /// Factors of the input channels.
  var inputs: [Double]
  /// Divisors of the output channels.
  var outputs: [Double]

  /// The largest magnitude of each output channel as it is scaled so far.
  var outputRanges: [Double] {
    var ranges = [Double](repeating: 0, count: matrix.outputs)
    for output in ranges.indices {
      let group = output / matrix.outputsOfGroup * matrix.storedInputs
      var largest = 0.0
      for stored in 0..<matrix.storedInputs {
        let magnitude = Double(magnitudes[output * matrix.storedInputs + stored])
        largest = max(largest, magnitude * inputs[group + stored])
      }
      ranges[output] = largest / outputs[output]
    }
    return ranges
  }

  /// The largest magnitude of each input channel as it is scaled so far.
  var inputRanges: [Double] {
    var ranges = [Double](repeating: 0, count: matrix.inputs)
    for output in outputs.indices {
      let group = output / matrix.outputsOfGroup * matrix.storedInputs
      for stored in 0..<matrix.storedInputs {
        let magnitude = Double(magnitudes[output * matrix.storedInputs + stored])
        let input = group + stored
        ranges[input] = max(ranges[input], magnitude * inputs[input] / outputs[output])
      }
    }
    return ranges
  }
}
