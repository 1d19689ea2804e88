import Tensors

/// Sums of (N, C, ...) over everything but the channels, in double precision.
enum ChannelSums {
  /// One sum for each channel, float32.
  static func ofChannels(_ tensor: Tensor) -> Tensor {
    let channels = tensor.shape[1]
    let inner = tensor.shape.dropFirst(2).reduce(1, *)
    var sums = [Double](repeating: 0, count: channels)
    tensor.withElements(of: Float.self) { values in
      for row in 0..<(tensor.shape[0] * channels) {
        var sum = 0.0
        for index in (row * inner)..<((row + 1) * inner) { sum += Double(values[index]) }
        sums[row % channels] += sum
      }
    }
    return Tensor([channels], sums.map { Float($0) })
  }
}
