/// How a model takes a batch of images.
enum ImageForm {
  /// (N, C, H, W)
  case channelsFirst
  /// (N, H, W, C)
  case channelsLast
  /// (N, H, W), for gray images.
  case plane
  /// (N, C x H x W)
  case flat
}
