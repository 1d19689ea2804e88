import CZip
import Tensors

/// Counts the bytes that data takes when deflated by zlib, without keeping them.
public final class DeflateCounter {
  private let counter: OpaquePointer

  /// Starts at a compression level of 1 to 9; 6 is what zlib, zip and gzip take by default.
  ///
  /// - Throws: ``EngineError`` with code `writeFailed` when memory runs out.
  public init(level: Int = 6) throws(EngineError) {
    guard let counter = czip_deflate_counter_begin(Int32(clamping: level)) else {
      throw EngineError(
        .writeFailed, problem: "memory ran out", remedy: "Close other programs")
    }
    self.counter = counter
  }

  deinit { czip_deflate_counter_end(counter) }

  /// Adds bytes; with `isLast` nothing may follow.
  ///
  /// - Returns: The compressed bytes so far, all of them with `isLast`.
  @discardableResult
  public func add(_ bytes: UnsafeRawBufferPointer, isLast: Bool) -> Int {
    Int(czip_deflate_counter_add(counter, bytes.baseAddress, bytes.count, isLast ? 1 : 0))
  }
}
