import Execution
import Foundation

/// The order of a scan's work, and the checkpoints that its parts hand on.
///
/// A unit is a batch and a group of cells: one item runs the group's host network and keeps the
/// checkpoints, then one item for each of the group's layers runs that layer's cells from them. Items
/// are handed out in this order, each capture one unit ahead, so that whoever waits for a capture
/// waits for a running thread.
final class ScanUnits: @unchecked Sendable {
  // @unchecked: what changes is touched only with the condition locked.

  /// A piece of work for one thread.
  enum Item: Sendable {
    case capture(unit: Int)
    case layer(unit: Int, place: Int)
  }

  /// What a capture leaves for the unit's layers.
  struct Capture: Sendable {
    var baseline: BaselineBatch
    /// The state in front of layers by position, for each half of pairs.
    var checkpoints: [[Int: Checkpoint]]
  }

  /// What a layer's item finds when its turn comes.
  enum Turn: Sendable {
    case run(Capture)
    /// There is nothing to run.
    case skip
    /// An earlier item was put off, and this one is with it.
    case wait
  }

  private enum Entry {
    case ready(Capture)
    /// No cell wanted the unit, or the capture failed.
    case empty
  }

  let groups: [ScanWork.Group]
  let items: [Item]
  /// Whether a layer's items have to be run one after the other.
  private let isSequential: Bool
  private let condition = NSCondition()
  private var entries: [Int: Entry] = [:]
  /// Layer items of each unit that have not ended.
  private var left: [Int: Int] = [:]
  /// Whether items are put off until others have used the threads.
  private var isPaused = false
  /// Units behind the last one that each layer of each group has ended.
  private var ended: [[Int]]

  init(groups: [ScanWork.Group], batches: Int, isSequential: Bool) {
    self.groups = groups
    self.isSequential = isSequential
    ended = groups.map { [Int](repeating: 0, count: $0.layers.count) }
    var items: [Item] = []
    let units = groups.count * batches
    if units > 0 { items.append(.capture(unit: 0)) }
    for unit in 0..<max(units, 0) {
      if unit + 1 < units { items.append(.capture(unit: unit + 1)) }
      for place in groups[unit % groups.count].layers.indices {
        items.append(.layer(unit: unit, place: place))
      }
    }
    self.items = items
  }

  /// The group of a unit.
  func group(_ unit: Int) -> ScanWork.Group { groups[unit % groups.count] }
  /// The batch of a unit.
  func batch(_ unit: Int) -> Int { unit / groups.count }
  /// Whether a unit is the first one of its batch.
  func isFirst(_ unit: Int) -> Bool { unit % groups.count == 0 }

  /// Hands on what a capture made; nil when there is nothing.
  func finish(unit: Int, _ capture: Capture?) {
    condition.lock()
    entries[unit] = capture.map { .ready($0) } ?? .empty
    left[unit] = group(unit).layers.count
    condition.broadcast()
    condition.unlock()
  }

  /// Waits for a layer's turn.
  func start(unit: Int, place: Int) -> Turn {
    condition.lock()
    defer { condition.unlock() }
    let turn = unit / groups.count
    while isSequential && ended[unit % groups.count][place] < turn {
      if isPaused { return .wait }
      condition.wait()
    }
    while entries[unit] == nil { condition.wait() }
    guard case .ready(let capture)? = entries[unit] else { return .skip }
    return .run(capture)
  }

  /// Puts items off, or no longer.
  func pause(_ isPaused: Bool) {
    condition.lock()
    self.isPaused = isPaused
    condition.broadcast()
    condition.unlock()
  }

  /// Notes that a layer's item has ended, one way or the other; the last one drops the checkpoints.
  func end(unit: Int, place: Int) {
    condition.lock()
    ended[unit % groups.count][place] += 1
    let rest = (left[unit] ?? 1) - 1
    left[unit] = rest
    if rest == 0 { entries[unit] = .empty }
    condition.broadcast()
    condition.unlock()
  }
}
