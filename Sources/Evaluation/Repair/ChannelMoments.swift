import Tensors

/// Mean and variance of each channel of a value, over samples and positions, summed in double
/// precision.
struct ChannelMoments: Sendable, Equatable {
  /// Numbers summed of each channel.
  private(set) var count = 0
  private var sums: [Double]
  private var squares: [Double]

  /// No samples yet.
  init(channels: Int) {
    sums = Array(repeating: 0, count: channels)
    squares = sums
  }

  /// The sums of a value of shape (N, C, ...), or (N, ..., C) with channels last.
  ///
  /// - Parameter rows: Samples that count, from the first; the others only fill the batch.
  init(_ value: Tensor, isChannelLast: Bool, rows: Int) {
    let axis = isChannelLast ? value.rank - 1 : min(1, value.rank - 1)
    let channels = value.shape[axis]
    let inner = value.shape[(axis + 1)...].reduce(1, *)
    self.init(channels: channels)
    let whole = max(value.shape.first ?? 1, 1)
    let elements = value.count / whole * min(rows, whole)
    value.withElements(of: Float.self) { values in
      var start = 0
      var channel = 0
      while start < elements {
        var (sum, square) = (0.0, 0.0)
        for index in start..<(start + inner) {
          let element = Double(values[index])
          sum += element
          square += element * element
        }
        sums[channel] += sum
        squares[channel] += square
        start += inner
        channel = channel + 1 == channels ? 0 : channel + 1
      }
    }
    count = elements / max(channels, 1)
  }

  /// Adds the sums of other samples.
  mutating func add(_ other: ChannelMoments) {
    count += other.count
    for channel in sums.indices {
      sums[channel] += other.sums[channel]
      squares[channel] += other.squares[channel]
    }
  }

  /// Channels.
  var channels: Int { sums.count }

  /// Some of the channels, in this order.
  func selecting(_ channels: [Int]) -> ChannelMoments {
    var result = ChannelMoments(channels: channels.count)
    result.count = count
    result.sums = channels.map { sums[$0] }
    result.squares = channels.map { squares[$0] }
    return result
  }

  /// E[y] of each channel.
  var mean: [Double] { sums.map { $0 / Double(max(count, 1)) } }

  /// E[y^2] - E[y]^2 of each channel, not below 0.
  var variance: [Double] {
    zip(squares, mean).map { max($0 / Double(max(count, 1)) - $1 * $1, 0) }
  }
}
