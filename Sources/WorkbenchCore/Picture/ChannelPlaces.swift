/// Output and input channel of each place along the leading axes of a tensor, up to the later of the
/// two channel axes.
struct ChannelPlaces: Sendable, Hashable {
  /// An axis as a division: the channel is place / stride % length.
  private struct Axis: Sendable, Hashable {
    var stride = 1
    var length = 1

    func channel(_ place: Int) -> Int { length == 1 ? 0 : place / stride % length }
  }

  private let output: Axis
  private let input: Axis
  /// Whether the input channels are those that change from one place to the next.
  let inputIsInner: Bool

  init(shape: [Int], outputAxis: Int?, inputAxis: Int?) {
    let lead = max(outputAxis ?? -1, inputAxis ?? -1) + 1
    func axis(_ index: Int?) -> Axis {
      guard let index else { return Axis() }
      return Axis(stride: max(1, shape[(index + 1)..<lead].reduce(1, *)), length: shape[index])
    }
    output = axis(outputAxis)
    input = axis(inputAxis)
    inputIsInner = inputAxis.map { $0 + 1 == lead } ?? false
  }

  /// The channels at a place, and for how many places from there on only the inner one grows.
  subscript(place: Int) -> (output: Int, input: Int, places: Int) {
    let (output, input) = (output.channel(place), input.channel(place))
    let left = inputIsInner ? self.input.length - input : self.output.length - output
    return (output, input, max(1, left))
  }
}
