import Synchronization

/// What a task keeps of the original network's outputs, by batch: it is the same for every plan, and
/// small.
final class BaselineEvidence: Sendable {
  /// A batch, in 32-bit floats or as a draft.
  struct Key: Hashable, Sendable {
    var batch: Int
    var isDraft: Bool
  }

  private let known = Mutex<[Key: [SampleEvidence]]>([:])

  /// The evidence of a batch, found by `body` when it is not known yet.
  func evidence(
    of key: Key, _ body: () throws -> [SampleEvidence]
  ) rethrows -> [SampleEvidence] {
    if let found = known.withLock({ $0[key] }) { return found }
    let made = try body()
    known.withLock { $0[key] = made }
    return made
  }
}
