import Synchronization
import Tensors

/// What all runs of an executor share: memory, constants, and constants in primitives' forms.
final class RunServices: Sendable {
  private struct PreparedKey: Hashable, Sendable {
    let form: ObjectIdentifier
    let tensor: TensorIdentity
  }

  let pool: BufferPool
  let constants: ConstantTable
  /// The graph's own constants, kept as long as the executor.
  private let own = ByteLimitedCache<PreparedKey, RunValue>(limit: .max)
  /// Replacing tensors, kept as long as there is room.
  private let replacing: ByteLimitedCache<PreparedKey, RunValue>
  private let forms = Mutex<[WeightForm]>([])

  init(constants: ConstantTable, byteLimit: Int, freeByteLimit: Int) {
    pool = BufferPool(freeLimit: freeByteLimit)
    self.constants = constants
    replacing = ByteLimitedCache(limit: byteLimit)
  }

  /// The form of these layouts; the same object for the same layouts, so that schedules share what
  /// was prepared.
  func form(view: DataLayout, target: DataLayout) throws -> WeightForm {
    try forms.withLock { forms in
      if let known = forms.first(where: { $0.view == view && $0.target == target }) {
        return known
      }
      let form = try WeightForm(view: view, target: target)
      forms.append(form)
      return form
    }
  }

  /// A replacing tensor in a form, made once.
  func prepared(_ form: WeightForm, _ tensor: Tensor) throws -> RunValue {
    try prepare(form, tensor, in: replacing)
  }

  /// A constant of the graph in a form, made once and kept.
  func preparedOwn(_ form: WeightForm, _ tensor: Tensor) throws -> RunValue {
    try prepare(form, tensor, in: own)
  }

  private func prepare(
    _ form: WeightForm, _ tensor: Tensor, in cache: ByteLimitedCache<PreparedKey, RunValue>
  ) throws -> RunValue {
    let key = PreparedKey(form: ObjectIdentifier(form), tensor: TensorIdentity(tensor))
    return try cache.value(for: key) {
      let value = try form.prepare(tensor)
      return (value, value.byteCount + tensor.byteCount)
    }
  }
}
