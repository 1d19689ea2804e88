import Foundation
import TestSupport
import Testing

/// The contract of `weightbench finetune`: files, exit statuses, JSON keys, and what a kill leaves.
@Suite(.enabled(if: Subprocess.weightbench != nil, "the built program is missing"))
struct FinetuneCommandTests {
  private let folder: TemporaryFolder
  private var program: String { Subprocess.weightbench ?? "" }
  private let samples = SharedAssets.root.appending(path: "sample-models")
  private var model: String { samples.appending(path: "simple-cnn/simple-cnn.onnx").path }
  private var data: [String] {
    ["--data", samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path]
  }

  init() throws {
    folder = try TemporaryFolder()
    try "weightbench: 1\ndefaults: {prune: {amount: 0.5}, weights: {bits: 3}}\n".write(
      toFile: folder.path("plan.yaml"), atomically: true, encoding: .utf8)
  }

  private func arguments(_ output: String, _ more: [String] = []) -> [String] {
    ["finetune", model] + data + [
      "--limit", "150", "--plan", folder.path("plan.yaml"), "--output", folder.path(output),
      "--batch", "45",
    ] + more
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func writesAModelWithItsPlan() throws {
    let run = try Subprocess(program, arguments("m.onnx", ["--epochs", "2", "--json"]))
    #expect(run.status == 0, "\(run.errors)")
    let report = try object(run.output)
    #expect(report["model"] as? String == folder.path("m.onnx"))
    #expect(report["plan"] as? String == folder.path("m.plan.yaml"))
    #expect(report["ending"] as? String == "finished")
    #expect(report["epochs"] as? Int == 2)
    #expect((report["history"] as? [Any])?.count == 3)
    #expect(report["validationSamples"] as? Int == 15)
    #expect(try #require(report["sparsity"] as? Double) >= 0.5)
    // Both are files like all others.
    let evaluated = try Subprocess(
      program,
      ["evaluate", folder.path("m.onnx"), "--plan", folder.path("m.plan.yaml"), "--json"] + data
        + ["--limit", "50"])
    #expect(evaluated.status == 0, "\(evaluated.errors)")
    let exported = try Subprocess(
      program,
      [
        "apply", folder.path("m.onnx"), "--plan", folder.path("m.plan.yaml"), "--output",
        folder.path("q.onnx"), "--format", "onnx-qdq",
      ])
    #expect(exported.status == 0, "\(exported.errors)")
    let verified = try Subprocess(
      program,
      [
        "verify", folder.path("q.onnx"), "--model", folder.path("m.onnx"), "--plan",
        folder.path("m.plan.yaml"), "--limit", "50",
      ] + data)
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    // It does not overwrite, and says so as every command does.
    let again = try Subprocess(program, arguments("m.onnx", ["--json"]))
    #expect(again.status == 1)
    let error = try #require(try object(again.output)["error"] as? [String: String])
    #expect(error["code"] == "writeFailed")
  }

  @Test func wrongCommandLinesAreRefused() throws {
    let wrong: [[String]] = [
      ["--learning-rate", "0"], ["--optimizer", "magic"], ["--validation", "1"],
      ["--distillation", "2"],
    ]
    for more in wrong {
      #expect(try Subprocess(program, arguments("m.onnx", more)).status == 2, "\(more)")
    }
    #expect(try Subprocess(program, arguments("m.pth")).status == 2)
    #expect(!FileManager.default.fileExists(atPath: folder.path("m.onnx")))
  }

  @Test func filesAreLookedAtBeforeTraining() throws {
    // What would take hours is refused at once.
    let long = ["--epochs", "100000"]
    let missing = try Subprocess(program, arguments("missing/m.onnx", long))
    #expect(missing.status == 1)
    #expect(missing.errors.contains("folder does not exist"))
    let plan = folder.path("plan.yaml")
    let before = try Data(contentsOf: URL(filePath: plan))
    let same = try Subprocess(
      program, arguments("m.onnx", long + ["--overwrite", "--output-plan", plan]))
    #expect(same.status == 1)
    #expect(same.errors.contains("is what is trained"))
    #expect(try Data(contentsOf: URL(filePath: plan)) == before)
  }

  /// Starts a long run and sends it a signal as soon as there is a checkpoint.
  private func interrupt(_ arguments: [String], checkpoint: String, signal: Int32) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while process.isRunning, !FileManager.default.fileExists(atPath: checkpoint) { usleep(2_000) }
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
  }

  @Test func aKilledRunGoesOnToTheSameWeights() throws {
    let options = ["--epochs", "8", "--learn-step", "--flip"]
    let whole = try Subprocess(program, arguments("whole.onnx", options + ["--threads", "2"]))
    #expect(whole.status == 0, "\(whole.errors)")
    let checkpoint = folder.path("run.npz")
    let killed = arguments("killed.onnx", options + ["--checkpoint", checkpoint])
    #expect(try interrupt(killed, checkpoint: checkpoint, signal: SIGKILL) == 128 + SIGKILL)
    #expect(!FileManager.default.fileExists(atPath: folder.path("killed.onnx")))
    let rest = try Subprocess(program, killed + ["--json", "--threads", "1"])
    #expect(rest.status == 0, "\(rest.errors)")
    #expect(try object(rest.output)["resumed"] as? Bool == true)
    #expect(
      try Data(contentsOf: URL(filePath: folder.path("whole.onnx")))
        == Data(contentsOf: URL(filePath: folder.path("killed.onnx"))))
  }

  @Test func interruptingKeepsTheBest() throws {
    let checkpoint = folder.path("run.npz")
    let status = try interrupt(
      arguments("best.onnx", ["--epochs", "5000", "--checkpoint", checkpoint]),
      checkpoint: checkpoint, signal: SIGINT)
    #expect(status == 130)
    let inspected = try Subprocess(program, ["inspect", folder.path("best.onnx"), "--json"])
    #expect(inspected.status == 0, "\(inspected.errors)")
    #expect(FileManager.default.fileExists(atPath: folder.path("best.plan.yaml")))
  }
}
