/// Immutable bytes that tensors share: heap memory, or a part of a mapped file.
///
/// The bytes never change after `init`, which is what makes the class `Sendable`.
public final class TensorStorage: @unchecked Sendable {
  // @unchecked: the pointer is written by the initializing closure only and read-only afterwards;
  // the memory lives as long as this object (or the mapped file that it keeps alive).
  private let base: UnsafeMutableRawPointer?
  private let file: MappedFile?
  private let later: LaterMemory?
  private let release: (@Sendable (UnsafeMutableRawPointer) -> Void)?
  /// Length in bytes.
  public let byteCount: Int
  /// The elements of a string tensor; empty for all others.
  public let strings: [String]

  /// Allocates `byteCount` bytes aligned to 64 and lets `body` fill them.
  ///
  /// They are not zeroed before.
  public init(
    byteCount: Int, initializing body: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    let memory = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
    do {
      try body(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
    } catch {
      memory.deallocate()
      throw error
    }
    base = memory
    file = nil
    later = nil
    release = nil
    self.byteCount = byteCount
    strings = []
  }

  /// Bytes that are made when they are first asked for.
  ///
  /// - Parameter body: Fills all of them; called once, on the thread that asks first.
  public init(
    onDemand byteCount: Int,
    by body: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void
  ) {
    base = nil
    file = nil
    later = LaterMemory(byteCount: byteCount, body)
    release = nil
    self.byteCount = byteCount
    strings = []
  }

  /// Takes over filled memory, and hands it back through `release` when the last tensor that uses
  /// it goes.
  ///
  /// Nobody may write to the memory in between.
  public init(
    adopting memory: UnsafeMutableRawPointer, byteCount: Int,
    release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
  ) {
    base = memory
    file = nil
    later = nil
    self.release = release
    self.byteCount = byteCount
    strings = []
  }

  /// Shares the bytes of a mapped file without copying.
  public init(file: MappedFile) {
    base = nil
    self.file = file
    later = nil
    release = nil
    byteCount = file.byteCount
    strings = []
  }

  /// Holds strings.
  public init(strings: [String]) {
    base = nil
    file = nil
    later = nil
    release = nil
    byteCount = 0
    self.strings = strings
  }

  deinit {
    guard let base else { return }
    if let release { release(base) } else { base.deallocate() }
  }

  /// Whether the bytes lie in a mapped file.
  public var isMapped: Bool { file != nil }

  /// Gives back the memory of bytes that lie in a mapped file; others keep theirs.
  func releasePages(_ range: Range<Int>, isWhole: Bool = true) {
    file?.releasePages(range, isWhole: isWhole)
  }

  /// Calls `body` with the bytes; the pointer must not leave it.
  public func withBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
    if let file { return try file.withBytes(body) }
    if let later { return try withExtendedLifetime(self) { try body(later.bytes) } }
    return try withExtendedLifetime(self) {
      try body(UnsafeRawBufferPointer(start: base, count: base == nil ? 0 : byteCount))
    }
  }
}
