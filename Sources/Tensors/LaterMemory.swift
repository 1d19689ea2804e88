import Synchronization

/// Memory that is allocated and filled when it is first asked for.
final class LaterMemory: @unchecked Sendable {
  // @unchecked: the memory is written once, with the lock held, and read-only afterwards.
  private enum State {
    case waiting(@Sendable (UnsafeMutableRawBufferPointer) -> Void)
    case made(UnsafeMutableRawPointer)
  }

  private let byteCount: Int
  private let state: Mutex<State>

  /// - Parameter body: Fills the bytes; let go once it has.
  init(byteCount: Int, _ body: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
    self.byteCount = byteCount
    state = Mutex(.waiting(body))
  }

  deinit {
    state.withLock { state in
      if case .made(let memory) = state { memory.deallocate() }
    }
  }

  /// The bytes; whoever asks first makes them, others wait for that.
  var bytes: UnsafeRawBufferPointer {
    state.withLock { state in
      switch state {
      case .made(let memory): return UnsafeRawBufferPointer(start: memory, count: byteCount)
      case .waiting(let body):
        let memory = UnsafeMutableRawPointer.allocate(
          byteCount: max(byteCount, 1), alignment: 64)
        body(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
        state = .made(memory)
        return UnsafeRawBufferPointer(start: memory, count: byteCount)
      }
    }
  }
}
