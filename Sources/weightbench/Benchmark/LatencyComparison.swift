import Evaluation
import Execution
import Foundation
import NetworkGraph
import Tensors

/// Latency of an original model and of an exported one in this program's own executor, in turns.
///
/// One thread, both models on the same inputs. After runs that warm up, each round runs both once, every
/// other round the other way round, so that a machine that gets slower hits both alike.
struct LatencyComparison {
  /// Seconds of one model's runs.
  struct Figures: Encodable {
    var file: String
    var bytes: Int
    var seconds: [Double]
    var median: Double

    init(file: String, bytes: Int, seconds: [Double]) {
      self.file = file
      self.bytes = bytes
      self.seconds = seconds
      median = BenchmarkReport.median(seconds)
    }
  }

  /// The content of `benchmark --against`.
  struct Report: Encodable {
    var machine: Machine
    var batch: Int
    var warmUp: Int
    var rounds: Int
    var original: Figures
    var exported: Figures
    /// The median of exported / original, round by round.
    var ratio: Double
    /// What the figures are, and what they are not.
    var executor: String
  }

  /// Runs before the clock counts.
  static let warmUp = 3
  /// What every report says.
  static let statement =
    "measured in weightbench's own executor on one thread, not in ONNX Runtime: other runtimes have "
    + "other kernels"

  let original: OpenedModel
  let exported: OpenedModel
  let batch: Int
  let rounds: Int

  /// Measures both.
  ///
  /// - Parameter told: Called before each round with its number.
  /// - Throws: ``EngineError`` when a model can't be run, or they take other inputs.
  func run(told: (Int) -> Void) throws -> Report {
    let graphs = [try original.runnableGraph(), try exported.runnableGraph()]
    let inputs = try Self.inputs(of: graphs[0], batch: batch, path: original.path)
    let names = graphs.map { Set($0.runtimeInputs.map(\.name)) }
    guard names[0] == names[1] else {
      throw EngineError(
        .shapeMismatch, path: exported.path,
        problem: "takes the inputs \(names[1].sorted()), the original takes \(names[0].sorted())",
        remedy: "Give a model that was exported from the original")
    }
    let executors = try graphs.map { try FastExecutor(graph: $0) }
    var seconds: [[Double]] = [[], []]
    for round in 0..<(Self.warmUp + rounds) {
      if round >= Self.warmUp { told(round - Self.warmUp) }
      for index in round.isMultiple(of: 2) ? [0, 1] : [1, 0] {
        let start = ContinuousClock.now
        _ = try executors[index].run(inputs: inputs, weights: [:], options: RunOptions())
        let spent = (ContinuousClock.now - start).seconds
        if round >= Self.warmUp { seconds[index].append(spent) }
      }
    }
    return Report(
      machine: Machine.here, batch: batch, warmUp: Self.warmUp, rounds: rounds,
      original: Figures(file: original.name, bytes: original.fileBytes, seconds: seconds[0]),
      exported: Figures(file: exported.name, bytes: exported.fileBytes, seconds: seconds[1]),
      ratio: BenchmarkReport.median(zip(seconds[1], seconds[0]).map { $0 / $1 }),
      executor: Self.statement)
  }

  /// Inputs of the declared shapes: floats between -1 and 1, the same on every run, and ones.
  private static func inputs(
    of graph: NetworkGraph, batch: Int, path: String
  ) throws(EngineError) -> [String: Tensor] {
    var inputs: [String: Tensor] = [:]
    for input in graph.runtimeInputs {
      guard let declared = input.shape else {
        throw EngineError(
          .unsupported, path: path, subject: "input '\(input.name)'", problem: "has no shape",
          remedy: "Export the model with the shapes of its inputs")
      }
      var shape: [Int] = []
      for (axis, dimension) in declared.enumerated() {
        switch dimension {
        case .fixed(let length) where axis > 0 || length > 1: shape.append(length)
        case _ where axis == 0: shape.append(batch)
        default:
          throw EngineError(
            .unsupported, path: path, subject: "input '\(input.name)', axis \(axis)",
            problem: "has no fixed length", remedy: "Export the model with a fixed length there")
        }
      }
      let count = shape.reduce(1, *)
      switch input.type {
      case .float32?:
        inputs[input.name] = Tensor(
          // Knuth's multiplicative hash of the index: the same numbers on every run.
          shape, (0..<count).map { Float(($0 &* 2_654_435_761) & 0xFFFF) / 32_768 - 1 })
      case .int64?: inputs[input.name] = Tensor(shape, [Int64](repeating: 1, count: count))
      case .int32?: inputs[input.name] = Tensor(shape, [Int32](repeating: 1, count: count))
      default:
        throw EngineError(
          .unsupported, path: path, subject: "input '\(input.name)'",
          problem: "is of a type that is not timed",
          remedy: "Models with float32, int32 or int64 inputs can be timed")
      }
    }
    return inputs
  }
}

extension LatencyComparison.Report {
  /// The report in lines for people.
  var text: String {
    func line(_ title: String, _ figures: LatencyComparison.Figures) -> String {
      title.padding(toLength: 10, withPad: " ", startingAt: 0)
        + String(
          format: "%.3f ms (%.3f...%.3f)  %@, %@", figures.median * 1e3,
          (figures.seconds.min() ?? 0) * 1e3, (figures.seconds.max() ?? 0) * 1e3,
          figures.file, Output.bytes(figures.bytes))
    }
    return [
      "machine   \(machine.text)",
      line("original", original), line("exported", exported),
      String(
        format: "ratio     %.2f: exported / original, median of %d rounds in turns, batch %d, "
          + "%d runs to warm up", ratio, rounds, batch, warmUp),
      "note      \(executor)",
    ].joined(separator: "\n")
  }
}
