import Datasets
import Execution
import Gradients
import ModelCompression
import NetworkGraph
import Synchronization
import Tensors

/// Runs calibration samples forwards and backwards through the original network and sums up gradients
/// and their squares, sample by sample.
///
/// The loss of a sample is the cross-entropy of its label; where the data have no labels, of the class
/// that the network itself puts first. So the squares are the *empirical* Fisher information, with given
/// or with the network's own labels, not the true one, which draws labels from the network's
/// probabilities. Networks that give no classes are taken to say the mean of a normal distribution of
/// variance 1: the gradient of a normally distributed seed gives the diagonal of the true Fisher
/// information, and its mean means nothing.
struct GradientPass {
  let graph: NetworkGraph
  /// The constants whose gradients are wanted.
  let weights: Set<String>
  let samples: CalibrationSamples
  let threads: Int

  /// Sums of one weight.
  private final class Sums: @unchecked Sendable {
    // @unchecked: handed from thread to thread, never used by two at once.
    var sum: [Double]
    var squares: [Double]

    init(count: Int) {
      sum = [Double](repeating: 0, count: count)
      squares = sum
    }

    func add(_ gradient: Tensor) {
      gradient.withElements(of: Float.self) { gradient in
        sum.withUnsafeMutableBufferPointer { sum in
          squares.withUnsafeMutableBufferPointer { squares in
            for index in gradient.indices {
              let value = Double(gradient[index])
              sum[index] += value
              squares[index] += value * value
            }
          }
        }
      }
    }
  }

  /// The statistics of each weight by name.
  ///
  /// - Parameter isCancelled: Asked every few milliseconds by the calling thread.
  /// - Throws: ``EngineError`` with code `unsupported` where the network can't be differentiated;
  ///   `CancellationError`.
  func run(isCancelled: () -> Bool) throws -> [String: LayerStatistics] {
    let executor = try TrainingExecutor(graph: graph, wanted: weights)
    let data = samples.data
    let loss = SampleLoss(graph: graph, data: data)
    let names = weights.sorted()
    let sums = names.map { Sums(count: graph.constant($0)?.count ?? 0) }
    let flag = CancellationFlag()
    let workers = CalibrationThreads(threads: threads)
    defer { workers.close() }
    let items = (0..<data.partCount).flatMap { part in (0..<samples.count).map { (part, $0) } }
    for first in stride(from: 0, to: items.count, by: threads) {
      let round = Array(items[first..<min(first + threads, items.count)])
      let found = Mutex([[String: Tensor]](repeating: [:], count: round.count))
      try workers.forEach(round.count, isCancelled: isCancelled, flag: flag) { index in
        let (part, item) = round[index]
        let rows = loss.rows
        let inputs = try data.inputs(
          for: Array(repeating: item, count: rows), graphInputs: graph.runtimeInputs, part: part)
        let step = try executor.step(inputs: inputs) { try loss.ofFirstRow($0, sample: item) }
        found.withLock { $0[index] = step.gradients }
      }
      let gradients = found.withLock { $0 }
      try workers.forEach(names.count, isCancelled: isCancelled, flag: flag) { index in
        for step in gradients { step[names[index]].map { sums[index].add($0) } }
      }
    }
    var result: [String: LayerStatistics] = [:]
    for (name, sums) in zip(names, sums) {
      guard let shape = graph.constant(name)?.shape else { continue }
      let factor = 1 / Double(items.count)
      var statistics = LayerStatistics(rows: items.count)
      if loss.isOfClasses {
        statistics.gradientMean = Tensor(shape, sums.sum.map { Float($0 * factor) })
      }
      statistics.gradientSquare = Tensor(shape, sums.squares.map { Float($0 * factor) })
      result[name] = statistics
    }
    return result
  }
}
