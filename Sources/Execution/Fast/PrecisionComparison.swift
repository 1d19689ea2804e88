import Foundation
import Tensors

/// How fast bf16 and 32-bit floats run one network on this machine.
///
/// Where the processor has AMX, bf16 is faster by far; with AVX-512 bf16 alone it depends on the
/// network, so it is measured.
public struct PrecisionComparison: Sendable, Equatable {
  /// Processor time of one run in 32-bit floats, in seconds.
  public let float32Seconds: Double
  /// Processor time of one run in bf16, in seconds.
  public let bfloat16Seconds: Double

  /// Whether bf16 gains enough to be worth a second executor: a tenth or more.
  public var isBFloat16Faster: Bool { bfloat16Seconds * 1.1 <= float32Seconds }

  /// Runs one batch alternately on both executors, on the calling thread.
  ///
  /// The time of the thread is measured, not that of the wall, and the shortest of several runs is
  /// taken: other work on the machine hardly matters.
  ///
  /// - Parameters:
  ///   - float32: An executor of 32-bit floats.
  ///   - bfloat16: A bf16 executor of the same graph.
  ///   - inputs: A batch of samples, of the size that will be run.
  ///   - rounds: Measured runs of each, after one that prepares.
  /// - Throws: What the executors throw; `CancellationError` when `isCancelled` says so.
  public static func measure(
    float32: FastExecutor, bfloat16: FastExecutor, inputs: [String: Tensor], rounds: Int = 3,
    isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> PrecisionComparison {
    let options = RunOptions(isCancelled: isCancelled)
    func seconds(_ executor: FastExecutor) throws -> Double {
      let start = threadSeconds()
      _ = try executor.run(inputs: inputs, weights: [:], options: options)
      return threadSeconds() - start
    }
    _ = try (seconds(float32), seconds(bfloat16))
    var best = (Double.infinity, Double.infinity)
    for _ in 0..<max(rounds, 1) {
      best = try (min(best.0, seconds(float32)), min(best.1, seconds(bfloat16)))
    }
    return PrecisionComparison(float32Seconds: best.0, bfloat16Seconds: best.1)
  }

  private static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
