import COneDNN
import Synchronization
import Tensors

/// Hands out memory for values and takes it back for the next ones, so that a steady stream of runs
/// asks the system for nothing.
///
/// Each thread takes back what it gave out, while that is still in its core's cache. A value gets
/// the smallest free buffer that holds it, so that a run touches little more memory than its values
/// need at one time; what outlives the run is copied into memory of its own size
/// (``RunValue/trimmed()``).
final class BufferPool: Sendable {
  private struct Buffer {
    let address: UInt
    let size: Int
  }

  private struct Shelf {
    /// Free buffers by size, ascending; of equal ones the last freed is the last.
    var free: [Buffer] = []
    var freeBytes = 0
    /// Threads that only give back keep nothing.
    var isUsed = false
  }

  /// A lock and what it protects; a class, since locks can't be moved into arrays.
  private final class Drawer: Sendable {
    let shelf = Mutex(Shelf())
  }

  private let drawers: [Drawer]
  private let freeLimit: Int

  /// A pool that keeps at most `freeLimit` bytes of unused memory for each thread.
  init(freeLimit: Int) {
    self.freeLimit = freeLimit
    drawers = (0..<64).map { _ in Drawer() }
  }

  deinit {
    for drawer in drawers {
      for buffer in drawer.shelf.withLock({ $0.free }) {
        UnsafeMutableRawPointer(bitPattern: buffer.address)?.deallocate()
      }
    }
  }

  /// Small values do not take the memory of large ones.
  private static let largestRatio = 16

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
    let wanted = BufferPool.rounded(byteCount)
    let taken = take(wanted)
    let size = taken?.size ?? wanted
    let memory =
      taken.flatMap { UnsafeMutableRawPointer(bitPattern: $0.address) }
      ?? UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64)
    do {
      try body(memory)
    } catch {
      put(memory, size)
      throw error
    }
    return TensorStorage(adopting: memory, byteCount: size) { [self] in put($0, size) }
  }

  private var drawer: Drawer { drawers[Int(cdnn_thread_number()) % drawers.count] }

  private func take(_ size: Int) -> Buffer? {
    drawer.shelf.withLock { shelf in
      shelf.isUsed = true
      guard let first = shelf.free.firstIndex(where: { $0.size >= size }) else { return nil }
      let found = shelf.free[first].size
      guard found <= size * BufferPool.largestRatio else { return nil }
      var last = first
      while last + 1 < shelf.free.count, shelf.free[last + 1].size == found { last += 1 }
      shelf.freeBytes -= found
      return shelf.free.remove(at: last)
    }
  }

  private func put(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    let kept = drawer.shelf.withLock { shelf in
      guard shelf.isUsed, shelf.freeBytes + size <= freeLimit else { return false }
      let index = shelf.free.firstIndex { $0.size > size } ?? shelf.free.count
      shelf.free.insert(Buffer(address: UInt(bitPattern: memory), size: size), at: index)
      shelf.freeBytes += size
      return true
    }
    if !kept { memory.deallocate() }
  }
}
