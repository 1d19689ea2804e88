import Tensors

/// The values of one run on one thread.
final class RunState {
  let schedule: Schedule
  let services: RunServices
  var values: [RunValue?]
  private var conversions: [RunValue?]
  /// The slots that nobody reads after the present step.
  var releases: [Int] = []
  private let weights: [String: Tensor]
  /// Constants that the replaced weights change.
  private let changed: Set<Int>

  init(schedule: Schedule, services: RunServices, weights: [String: Tensor]) {
    self.schedule = schedule
    self.services = services
    values = Array(repeating: nil, count: schedule.slots.count)
    conversions = Array(repeating: nil, count: schedule.conversions.count)
    self.weights = weights
    var changed: Set<Int> = []
    for name in weights.keys { changed.formUnion(schedule.dependents[name] ?? []) }
    self.changed = changed
  }

  /// The value that a step reads.
  func read(_ source: Source) throws -> RunValue {
    switch source {
    case .slot(let index):
      guard let value = values[index] else {
        preconditionFailure("'\(schedule.slots[index].name)' is read before it is there")
      }
      return value
    case .conversion(let index): return try converted(index)
    case .prepared(let index):
      let prepared = schedule.prepared[index]
      guard changed.contains(prepared.constant) else { return prepared.base }
      return try services.prepared(prepared.form, try constant(prepared.constant))
    case .constant(let index): return RunValue(try constant(index))
    }
  }

  /// A constant as a plain tensor.
  private func constant(_ index: Int) throws -> Tensor {
    let constant = schedule.constants[index]
    guard changed.contains(index) else { return constant.base }
    return try services.constants.value(constant.name, replacing: weights)
  }

  private func converted(_ index: Int) throws -> RunValue {
    if let value = conversions[index] { return value }
    let conversion = schedule.conversions[index]
    let source = try read(conversion.source)
    let storage = try services.pool.storage(byteCount: conversion.target.byteCount) { memory in
      let data = [source.pointer, memory]
      try withExtendedLifetime(source.storage) {
        try conversion.reorder.execute(
          arguments: [1, 17], layouts: [conversion.view.handle, conversion.target.handle],
          data: data)
      }
    }
    let value = RunValue(
      storage: storage, shape: conversion.shape,
      layout: conversion.target.isPlain ? nil : conversion.target)
    conversions[index] = value
    return value
  }

  /// Memory that holds a value and may be written to: the value's own where nobody else holds it and
  /// nobody reads it later, a copy otherwise.
  ///
  /// Checkpoints, other slots and inputs of the present step hold what they need, so that a sum in
  /// place never destroys it.
  func overwritable(_ source: Source, byteCount: Int) throws -> TensorStorage {
    if let own = try exclusive(source) { return own }
    let value = try read(source)
    return services.pool.storage(byteCount: byteCount) { memory in
      value.storage.withBytes { bytes in
        guard let start = bytes.baseAddress else { return }
        memory.copyMemory(from: start + value.byteOffset, byteCount: byteCount)
      }
    }
  }

  /// The memory of a value that nobody else holds and nobody reads later; nil for all others.
  ///
  /// The value is gone afterwards.
  func exclusive(_ source: Source) throws -> TensorStorage? {
    switch source {
    case .slot(let index):
      guard releases.contains(index), schedule.slots[index].producer >= 0 else { return nil }
      var value = values[index]
      values[index] = nil
      if value?.isUnique == true { return value?.storage }
      values[index] = value
    case .conversion(let index):
      guard releases.contains(schedule.conversions[index].slot) else { return nil }
      var value: RunValue? = try converted(index)
      conversions[index] = nil
      if value?.isUnique == true { return value?.storage }
      conversions[index] = value
    case .prepared, .constant: break
    }
    return nil
  }

  /// Lets go of a value and its copies in other layouts.
  func release(_ slot: Int) {
    values[slot] = nil
    for index in schedule.conversionsOfSlot[slot] { conversions[index] = nil }
  }
}
