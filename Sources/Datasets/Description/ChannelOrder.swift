/// The order of the channels that the model wants; data are read as gray or RGB.
enum ChannelOrder: String, Sendable, CaseIterable {
  case gray
  case rgb = "RGB"
  case bgr = "BGR"

  /// The number of channels.
  var channels: Int { self == .gray ? 1 : 3 }
}
