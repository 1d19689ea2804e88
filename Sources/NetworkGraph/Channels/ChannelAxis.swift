/// The channels along one axis of a value, in order.
///
/// One channel may be there several times, as after a flatten, where each makes a block.
struct ChannelAxis {
  /// The channel at each position.
  var channels: [Int]
  /// Whether the value is 0 at this position once the weights and biases that make the channel are.
  var isZero: [Bool]
  /// The operator that made something else than 0 of a 0; nil while none did.
  var cause: String?

  init(channels: [Int], isZero: Bool) {
    self.channels = channels
    self.isZero = [Bool](repeating: isZero, count: channels.count)
  }

  init(channels: [Int], isZero: [Bool], cause: String?) {
    self.channels = channels
    self.isZero = isZero
    self.cause = cause
  }

  /// The positions given, in their order.
  func picking(_ positions: some Sequence<Int>) -> ChannelAxis {
    ChannelAxis(
      channels: positions.map { channels[$0] }, isZero: positions.map { isZero[$0] }, cause: cause)
  }

  /// The same channels behind `op`, which makes something else than 0 of a 0.
  func losingZero(by op: String) -> ChannelAxis {
    ChannelAxis(
      channels: channels, isZero: isZero.map { _ in false },
      cause: cause ?? (isZero.contains(true) ? op : nil))
  }
}
