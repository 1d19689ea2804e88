import ArgumentParser
import Evaluation
import Foundation
import ModelCompression
import Tensors

/// Prints every way to store a model under a plan with its exact bytes.
struct SizesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sizes",
    abstract: "List the exact bytes of every way to store a model under a plan.")

  @OptionGroup var model: ModelOptions
  @Option(help: "The compression plan (YAML or JSON).", completion: .file()) var plan: String?
  @Flag(help: "Print one JSON object.") var json = false

  /// The content of `--json`.
  struct Report: Encodable {
    struct Row: Encodable {
      var name: String
      var kind: String
      var bytes: Int
      var remark: String
    }

    var weights: Int
    var codeBits: Double
    var packedBits: Double
    var storedBits: Double
    var multiplyAdds: Int?
    var bitOperations: Int?
    var rows: [Row]
  }

  func run() async throws {
    let opened = try model.open()
    let engine = try PreviewEngine(model: opened, data: nil, threads: model.threads.count)
    let plan = try plan.map { try CompressionPlan.read(path: $0) } ?? CompressionPlan()
    let compressed = try await engine.compress(plan)
    let figures = try engine.storageFigures(of: compressed)
    if json {
      Output.json(
        Report(
          weights: figures.weights, codeBits: figures.codeBits, packedBits: figures.packedBits,
          storedBits: figures.storedBits, multiplyAdds: figures.multiplyAdds,
          bitOperations: figures.bitOperations,
          rows: figures.rows.map {
            Report.Row(
              name: $0.name, kind: $0.group.rawValue, bytes: $0.bytes, remark: $0.remark)
          }))
      return
    }
    for group in [StorageRow.Group.weights, .file] {
      print(group == .weights ? "weights of the layers" : "files")
      for row in figures.rows where row.group == group {
        let name = row.name.padding(toLength: 16, withPad: " ", startingAt: 0)
        let bytes = "\(row.bytes)"
        print(
          "  \(name)\(String(repeating: " ", count: max(12 - bytes.count, 0)))\(bytes)  \(row.remark)"
        )
      }
    }
    func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
    print(
      "bits a weight   \(rounded(figures.codeBits)) codes, \(rounded(figures.packedBits)) with "
        + "scales, \(rounded(figures.storedBits)) with scales and indices, stored best")
    if let adds = figures.multiplyAdds, let operations = figures.bitOperations {
      print("a sample        \(adds) multiply-adds, \(operations) bit operations")
    }
  }
}
