import Execution
import Synchronization

/// Decides, when it is first asked, whether drafts are worth while on this machine for this model, and
/// holds what runs them.
///
/// With AMX they are; with AVX-512 bf16 alone it depends on the network, and one batch is timed in
/// both precisions.
final class DraftChoice: Sendable {
  private enum Source: Sendable {
    case none
    case given(any GraphExecutor)
    case beside(FastExecutor)
  }

  private enum State {
    case undecided
    case decided(BatchRunner?)
  }

  private let source: Source
  private let exact: BatchRunner?
  private let state = Mutex(State.undecided)

  /// No drafts.
  init() {
    source = .none
    exact = nil
  }

  /// Drafts on a given executor.
  init(exact: BatchRunner, given executor: any GraphExecutor) {
    source = .given(executor)
    self.exact = exact
  }

  /// Drafts in bfloat16, where they are faster than the runner's own executor.
  init(exact: BatchRunner) {
    self.exact = exact
    if FastExecutor.supportsBFloat16, let executor = exact.executor as? FastExecutor {
      source = .beside(executor)
    } else {
      source = .none
    }
  }

  /// Whether there may be drafts; not asking costs nothing.
  var isPossible: Bool {
    if case .none = source { false } else { true }
  }

  /// Whether drafts are so much faster that they pay even where few samples are run: activations are
  /// then kept for them as well, and close calls are run again.
  var isFarFaster: Bool {
    switch source {
    case .none: false
    case .given: true
    case .beside: FastExecutor.hasAMX
    }
  }

  /// What runs drafts; nil where they are not worth while.
  ///
  /// The first call may take as long as a few batches do.
  func runner() throws -> BatchRunner? {
    try state.withLock { state in
      if case .decided(let runner) = state { return runner }
      let runner = try decide()
      state = .decided(runner)
      return runner
    }
  }

  private func decide() throws -> BatchRunner? {
    guard let exact else { return nil }
    switch source {
    case .none: return nil
    case .given(let executor): return exact.drafting(on: executor)
    case .beside(let executor):
      var options = executor.options
      options.precision = .bfloat16
      let draft = try FastExecutor(graph: executor.graph, options: options)
      if FastExecutor.hasAMX { return exact.drafting(on: draft) }
      let comparison = try PrecisionComparison.measure(
        float32: executor, bfloat16: draft, inputs: exact.inputs(0), rounds: 2)
      return comparison.isBFloat16Faster ? exact.drafting(on: draft) : nil
    }
  }
}
