import Foundation
import TestSupport
import Testing

/// The `sensitivity` and `merge` commands: what they print, kills and shards.
@Suite(.enabled(if: Subprocess.weightbench != nil, "the built program is missing"))
struct SensitivityCommandTests {
  private var program: String { Subprocess.weightbench ?? "" }
  private let samples = SharedAssets.root.appending(path: "sample-models")

  /// The arguments of a scan of the sample network.
  private func scan(_ limit: Int, _ more: [String]) -> [String] {
    [
      "sensitivity", samples.appending(path: "fashion-resnet/fashion-resnet.onnx").path,
      "--data", samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path,
      "--limit", "\(limit)",
    ] + more
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  /// A CSV without its column of seconds.
  private func timeless(_ path: String) throws -> [String] {
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let seconds = try #require(lines.first?.firstIndex(of: "seconds"))
    return lines.map { line in
      line.indices.filter { $0 != seconds }.map { String(line[$0]) }.joined(separator: ",")
    }
  }

  /// Starts a scan, sends it a signal once its journal holds results, and waits for its end.
  private func stopped(_ arguments: [String], journal: String, signal: Int32) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let deadline = ContinuousClock.now + .seconds(120)
    while process.isRunning, ContinuousClock.now < deadline {
      let text = (try? String(contentsOfFile: journal, encoding: .utf8)) ?? ""
      if text.contains("\"sum\"") || text.contains("\"point\"") { break }
      usleep(5_000)
    }
    #expect(process.isRunning, "the scan ended before it could be stopped")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func theTableHasTheContractsKeys() throws {
    let folder = try TemporaryFolder()
    let csv = folder.path("table.csv")
    let run = try Subprocess(
      program, scan(50, ["--prune", "0.5", "--bits", "4", "--csv", csv, "--json"]))
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.errors.isEmpty)
    let report = try object(run.output)
    #expect(report["images"] as? Int == 50)
    let baseline = try #require(report["baseline"] as? [String: Any])
    for key in ["correct", "top1", "top5", "loss"] { #expect(baseline[key] != nil, "\(key)") }
    let rows = try #require(report["rows"] as? [[String: Any]])
    #expect(rows.count == 20)
    #expect(rows.map { $0["setting"] as? String ?? "" }.prefix(2) == ["prune=0.5", "bits=4"])
    for key in ["layer", "setting", "correct", "delta", "interval95", "seconds"] {
      #expect(rows.allSatisfy { $0[key] != nil }, "\(key)")
    }
    let lines = try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 21)
    #expect(lines[0].hasPrefix("parameter,sparsity,top1,top5,loss,bits"))
    let fields = lines[1].split(separator: ",")
    #expect(fields[1] == "0.5" && fields[5] == "32")
    #expect(lines[2].split(separator: ",")[1] == "0.0" && lines[2].split(separator: ",")[5] == "4")
    #expect(!FileManager.default.fileExists(atPath: csv + ".journal"))
  }

  @Test(arguments: [[], ["--early-stop"]])
  func aKilledScanGoesOn(more: [String]) throws {
    let folder = try TemporaryFolder()
    let options = ["--prune", "0.5,0.9", "--bits", "8,4,2"] + more
    let whole = try Subprocess(
      program, scan(1000, options + ["--csv", folder.path("whole.csv")]))
    #expect(whole.status == 0, "\(whole.errors)")
    let csv = folder.path("killed.csv")
    let arguments = scan(1000, options + ["--csv", csv, "--threads", "1"])
    let status = try stopped(arguments, journal: csv + ".journal", signal: SIGKILL)
    #expect(status == SIGKILL)
    #expect(!FileManager.default.fileExists(atPath: csv))
    let refused = try Subprocess(program, arguments)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("--resume"))
    let resumed = try Subprocess(program, arguments + ["--resume"])
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try timeless(csv) == timeless(folder.path("whole.csv")))
    #expect(!FileManager.default.fileExists(atPath: csv + ".journal"))
  }

  @Test func ctrlCKeepsWhatIsKnown() throws {
    let folder = try TemporaryFolder()
    let (csv, journal) = (folder.path("part.csv"), folder.path("part.journal"))
    let status = try stopped(
      scan(2000, ["--csv", csv, "--journal", journal, "--threads", "1"]), journal: journal,
      signal: SIGINT)
    #expect(status == 130)
    let lines = try timeless(csv)
    #expect(lines.count == 91)
    #expect(lines.contains { $0.contains(",partial,") || $0.contains(",complete,") })
    #expect(FileManager.default.fileExists(atPath: journal))
  }

  @Test func shardsMergeToTheWholeTable() throws {
    let folder = try TemporaryFolder()
    let options = ["--prune", "0.7", "--bits", "3"]
    let whole = try Subprocess(
      program, scan(60, options + ["--csv", folder.path("whole.csv")]))
    #expect(whole.status == 0, "\(whole.errors)")
    var parts: [String] = []
    for part in 1...2 {
      let run = try Subprocess(
        program, scan(60, options + ["--shard", "\(part)/4", "--json"]))
      #expect(run.status == 0, "\(run.errors)")
      parts.append(folder.path("part\(part).json"))
      try Data(run.output.utf8).write(to: URL(filePath: parts[part - 1]))
    }
    // The other two as a Slurm array from 7 on would run them, and their journals.
    for task in 9...10 {
      parts.append(folder.path("part\(task).journal"))
      let run = try Subprocess(
        program, scan(60, options + ["--journal", parts[parts.count - 1]]),
        environment: [
          "SLURM_ARRAY_TASK_ID": "\(task)", "SLURM_ARRAY_TASK_COUNT": "4",
          "SLURM_ARRAY_TASK_MIN": "7",
        ])
      #expect(run.status == 0, "\(run.errors)")
    }
    let merged = try Subprocess(
      program, ["merge"] + parts + ["--csv", folder.path("merged.csv")])
    #expect(merged.status == 0, "\(merged.errors)")
    #expect(try timeless(folder.path("merged.csv")) == timeless(folder.path("whole.csv")))
    let missing = try Subprocess(program, ["merge"] + parts.dropLast())
    #expect(missing.status == 1)
    #expect(missing.errors.contains("5 of 20 cells are missing"))
  }

  @Test(arguments: [
    ["--shard", "5/4"], ["--shard", "x"], ["--bits", "9"], ["--prune", "1.5"],
    ["--prune", "", "--bits", ""], ["--bits", "4,4"], ["--resume"],
  ])
  func wrongOptionsAreUsageErrors(options: [String]) throws {
    let run = try Subprocess(program, scan(10, options))
    #expect(run.status == 2, "\(run.errors)")
    #expect(
      run.errors.contains(options[0] == "--prune" && options[1].isEmpty ? "bits" : options[0]))
  }

  @Test func layersAreChosenByPattern() throws {
    let run = try Subprocess(program, scan(20, ["--layers", "*conv1", "--bits", "2", "--json"]))
    let rows = try #require(try object(run.output)["rows"] as? [[String: Any]])
    #expect(rows.allSatisfy { ($0["layer"] as? String)?.hasSuffix("conv1") == true })
    #expect(Set(rows.compactMap { $0["setting"] as? String }).count == 5)
    let none = try Subprocess(program, scan(20, ["--layers", "nothing*"]))
    #expect(none.status == 1)
    #expect(none.errors.contains("matches no layer"))
  }
}
