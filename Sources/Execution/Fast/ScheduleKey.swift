import Tensors

/// What a schedule is made for: shapes of the inputs, and constants replaced that it is built on.
struct ScheduleKey: Hashable, Sendable {
  let inputShapes: [String: [Int]]
  let replaced: [String: TensorIdentity]
}
