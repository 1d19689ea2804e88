import Execution

extension FastExecutor.Options {
  /// The executors to be tested on this machine.
  static var testable: [FastExecutor.Options] {
    let float32 = FastExecutor.Options()
    return FastExecutor.supportsBFloat16
      ? [float32, FastExecutor.Options(precision: .bfloat16)] : [float32]
  }
}
