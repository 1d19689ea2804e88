import Synchronization
import Tensors

/// Decoded images up to a number of bytes; the first to come stay.
///
/// An evaluation goes through the same images again and again, so evicting one for another would only
/// decode both every time.
final class PixelCache: Sendable {
  /// 256 MB.
  static let standardLimit = 1 << 28

  private struct State {
    var images: [Int: Tensor] = [:]
    var bytes = 0
  }

  private let state = Mutex(State())
  private let limit: Int

  init(limit: Int = standardLimit) { self.limit = limit }

  /// The image from memory, or as `make` gives it, outside the lock.
  func image(
    at index: Int, _ make: () throws(EngineError) -> Tensor
  ) throws(EngineError) -> Tensor {
    if let known = state.withLock({ $0.images[index] }) { return known }
    let image = try make()
    state.withLock { state in
      guard state.images[index] == nil, state.bytes + image.byteCount <= limit else { return }
      state.images[index] = image
      state.bytes += image.byteCount
    }
    return image
  }
}
