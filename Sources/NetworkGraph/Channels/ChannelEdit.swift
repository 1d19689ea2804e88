/// What has to change at a node when channels are removed, besides the layers' weights.
///
/// `isComputed` says that the numbers are calculated from lengths in the graph, and have to be stated
/// whichever channels go.
enum ChannelEdit {
  /// A constant operand has one position for each of `channels` along `axis`; `isZeroed` when it makes
  /// the channel (a bias), and has to be 0 for the channel to be.
  case operand(node: Int, slot: Int, axis: Int, channels: [Int], isZeroed: Bool)
  /// A convolution has one group for each of `channels`.
  case groupCount(node: Int, channels: [Int])
  /// A `Split` cuts parts with these channels.
  case parts(node: Int, parts: [[Int]])
  /// A `Slice` takes the channels from `start` up to `end`.
  case range(node: Int, axis: Int, channels: [Int], start: Int, end: Int, isComputed: Bool)
  /// A `Pad` adds channels of its own.
  case pads(node: Int, axis: Int, before: [Int], after: [Int])
  /// A shape that is given as an input (`Reshape`, `Expand`, `Resize`).
  case target(node: Int, slot: Int, entries: [TargetEntry], isComputed: Bool)
  /// A `Gather` picks channels by position.
  case indices(node: Int, channels: [Int], indices: [Int])
  /// Three nodes (reshape, transpose, reshape) that put channels into another order: the channel at
  /// position `i` comes from position `order[i]`.
  case shuffle(nodes: [Int], axis: Int, channels: [Int], order: [Int], isComputed: Bool)

  /// One entry of a shape.
  enum TargetEntry {
    /// This number, whatever is removed; -1 and 0 as `Reshape` means them.
    case number(Int)
    /// As many as there are left of these channels.
    case kept([Int])
    /// 1 once any of these channels goes: `Expand` takes it for the input's own length.
    case repeated([Int], number: Int)
  }
}
