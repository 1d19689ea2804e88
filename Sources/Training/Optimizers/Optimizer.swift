/// A way to follow gradients, parameter by parameter, in float32.
///
/// An optimizer is a small value; what it remembers of a parameter lies in `slots`, which the caller
/// keeps, so that it can be written to a checkpoint.
public protocol Optimizer: Sendable {
  /// How many numbers are remembered for each weight.
  var slotCount: Int { get }

  /// Moves the weights of one parameter by one step.
  ///
  /// - Parameters:
  ///   - weights: The weights, changed in place.
  ///   - gradient: dL/dw of each weight.
  ///   - slots: ``slotCount`` arrays of as many numbers as there are weights, all 0 before the first step.
  ///   - step: The number of the step, from 1 on.
  ///   - learningRate: The learning rate of the step.
  ///   - weightDecay: The weight decay.
  func update(
    _ weights: inout [Float], gradient: [Float], slots: inout [[Float]], step: Int,
    learningRate: Double, weightDecay: Double)
}
