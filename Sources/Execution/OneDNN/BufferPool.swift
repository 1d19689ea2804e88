import Synchronization
import Tensors

/// Hands out memory for values and takes it back for the next ones, so that a steady stream of runs
/// asks the system for nothing.
final class BufferPool: Sendable {
  private struct State {
    /// Free buffers by size, as addresses; the last one freed is the first one used.
    var free: [Int: [UInt]] = [:]
    var freeBytes = 0
  }

  private let state = Mutex(State())
  private let freeLimit: Int

  /// A pool that keeps at most `freeLimit` bytes of unused memory.
  init(freeLimit: Int = 1 << 29) { self.freeLimit = freeLimit }

  deinit {
    state.withLock { state in
      for address in state.free.values.joined() {
        UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
      }
    }
  }

  /// Sizes are rounded up to an eighth of their power of two, so that near sizes share buffers.
  private static func rounded(_ byteCount: Int) -> Int {
    guard byteCount > 4096 else { return max((byteCount + 63) & ~63, 64) }
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return (byteCount + step - 1) & ~(step - 1)
  }

  /// Memory of at least `byteCount` bytes, aligned to 64 and filled by `body`.
  func storage(
    byteCount: Int, filledBy body: (UnsafeMutableRawPointer) throws -> Void
  ) rethrows -> TensorStorage {
    let size = BufferPool.rounded(byteCount)
    let memory =
      take(size) ?? UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    do {
      try body(memory)
    } catch {
      put(memory, size)
      throw error
    }
    return TensorStorage(adopting: memory, byteCount: byteCount) { [self] in put($0, size) }
  }

  private func take(_ size: Int) -> UnsafeMutableRawPointer? {
    let address: UInt? = state.withLock { state in
      guard let address = state.free[size]?.popLast() else { return nil }
      state.freeBytes -= size
      return address
    }
    return address.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
  }

  private func put(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    let address = UInt(bitPattern: memory)
    let kept = state.withLock { state in
      guard state.freeBytes + size <= freeLimit else { return false }
      state.free[size, default: []].append(address)
      state.freeBytes += size
      return true
    }
    if !kept { memory.deallocate() }
  }
}
