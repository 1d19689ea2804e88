import Execution
import NetworkGraph
import Tensors

/// The values and gradients of one shard, on one thread.
final class Tape {
  let memory: KernelMemory
  let flow: GradientFlow
  let batchNormalization: TrainingExecutor.BatchNormalization
  /// What steps keep for the way back, by their first output.
  var kept: [String: any Sendable] = [:]
  /// Batch statistics by the constant that holds the running ones.
  var statistics: [String: Tensor] = [:]
  private let weights: [String: Tensor]
  private let constants: [String: Tensor]
  private var values: [String: RunValue] = [:]
  private var plain: [String: Tensor] = [:]
  private let inputs: [String: Tensor]
  private var gradients: [String: RunValue] = [:]

  init(
    memory: KernelMemory, flow: GradientFlow, inputs: [String: Tensor],
    weights: [String: Tensor], constants: [String: Tensor],
    batchNormalization: TrainingExecutor.BatchNormalization
  ) {
    self.memory = memory
    self.flow = flow
    self.weights = weights
    self.constants = constants
    self.batchNormalization = batchNormalization
    self.inputs = inputs
    plain = inputs
  }

  /// The replaced weights among constants.
  func replacement(_ name: String) -> Tensor? { weights[name] }

  /// Leaves a value.
  func set(_ name: String, _ value: RunValue) { values[name] = value }

  /// Leaves a tensor.
  func set(_ name: String, _ value: Tensor) { plain[name] = value }

  /// A value in whatever layout it lies.
  func value(_ name: String) throws(EngineError) -> RunValue {
    if let value = values[name] { return value }
    return RunValue(try tensor(name))
  }

  /// A value as a plain tensor.
  func tensor(_ name: String) throws(EngineError) -> Tensor {
    if let tensor = plain[name] { return tensor }
    if let value = values[name] {
      let tensor = try memory.tensor(value)
      plain[name] = tensor
      return tensor
    }
    guard let constant = weights[name] ?? constants[name] else {
      throw EngineError(
        .malformedFile, problem: "value '\(name)' is missing when it is read",
        remedy: "Export the model again or check it with onnx.checker")
    }
    return constant
  }

  /// A value as a plain tensor; nil where the input is omitted.
  func optionalTensor(_ name: String) throws(EngineError) -> Tensor? {
    name.isEmpty ? nil : try tensor(name)
  }

  /// dL/dv as far as it has come; nil when the loss does not depend on the value.
  func gradient(_ name: String) -> RunValue? { gradients[name] }

  /// dL/dv as a plain tensor.
  func plainGradient(_ name: String) throws(EngineError) -> Tensor? {
    guard let gradient = gradients[name] else { return nil }
    return try memory.tensor(gradient)
  }

  /// Adds to dL/dv, where somebody wants it.
  func add(_ gradient: RunValue, to name: String) throws(EngineError) {
    guard flow.depending.contains(name) else { return }
    gradients[name] =
      try gradients[name].map { (known) throws(EngineError) in
        try memory.sum(known, gradient)
      } ?? gradient
  }

  /// Adds to dL/dv, where somebody wants it.
  func add(_ gradient: Tensor?, to name: String) throws(EngineError) {
    if let gradient { try add(RunValue(gradient), to: name) }
  }

  /// Lets go of all values but the inputs and those named; the others will be computed again.
  func keep(only names: Set<String>) {
    values = values.filter { names.contains($0.key) }
    // A plain copy of a value that is there in another layout is made again where it is read.
    plain = plain.filter {
      inputs[$0.key] != nil || names.contains($0.key) && values[$0.key] == nil
    }
    kept = [:]
  }

  /// Lets go of what a step left, once nobody reads it any more.
  func release(_ outputs: [String]) {
    for name in outputs {
      values[name] = nil
      plain[name] = nil
      kept[name] = nil
      if !flow.wanted.contains(name) { gradients[name] = nil }
    }
  }
}
