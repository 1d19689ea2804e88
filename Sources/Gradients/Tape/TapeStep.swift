import Tensors

/// One or two nodes of a graph, forwards and backwards.
protocol TapeStep: Sendable {
  /// The values that it leaves on the tape.
  var outputs: [String] { get }
  /// What it reads.
  var inputs: [String] { get }

  /// Computes the outputs and keeps what the way back needs.
  func forward(_ tape: Tape) throws(EngineError)
  /// Adds to the gradients of the inputs what those of the outputs say.
  func backward(_ tape: Tape) throws(EngineError)
}
