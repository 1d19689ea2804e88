import Tensors

extension EngineError {
  /// The same error with the thing around its subject named: `node 17 (Conv), attribute 'pads'`.
  func within(_ outer: String) -> EngineError {
    var copy = self
    copy.subject = subject.map { "\(outer), \($0)" } ?? outer
    return copy
  }
}

extension TensorStorage {
  /// ``withBytes(_:)`` for closures with typed errors.
  func withCheckedBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws(EngineError) -> R
  ) throws(EngineError) -> R {
    let result: Result<R, EngineError> = withBytes { bytes in
      do throws(EngineError) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  /// Holds a copy of `bytes`.
  convenience init(bytes: [UInt8]) {
    self.init(byteCount: bytes.count) { memory in
      bytes.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
  }
}
