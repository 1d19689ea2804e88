/// The order of an image batch's axes.
enum InputLayout: String, Sendable, CaseIterable {
  case channelsFirst = "NCHW"
  case channelsLast = "NHWC"
}
