import Foundation
import TestSupport
import Testing

/// The contract of the commands: names, exit statuses, JSON keys.
@Suite(.enabled(if: Subprocess.weightbench != nil, "the built program is missing"))
struct CommandTests {
  private var program: String { Subprocess.weightbench ?? "" }
  private let samples = SharedAssets.root.appending(path: "sample-models")
  private var model: String { samples.appending(path: "fashion-resnet/fashion-resnet.onnx").path }
  private var data: String {
    samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path
  }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private func temporary(_ name: String) throws -> URL {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.appending(path: name)
  }

  /// Every command explains itself: `help X`, `X --help`; mistakes end with status 2.
  @Test(arguments: [
    [], ["inspect"], ["run"], ["evaluate"], ["sensitivity"], ["merge"], ["search"], ["apply"],
    ["verify"], ["benchmark"], ["keys"], ["themes"], ["workbench"],
  ])
  func explainsItself(command: [String]) throws {
    for arguments in [command + ["--help"], ["help"] + command] {
      let run = try Subprocess(program, arguments)
      #expect(run.status == 0, "\(arguments): \(run.errors)")
      #expect(run.output.contains("USAGE: weightbench"), "\(arguments)")
    }
    let mistake = try Subprocess(program, command + ["--no-such-option"])
    #expect(mistake.status == 2, "\(mistake.errors)")
    #expect(mistake.errors.contains("Usage: weightbench"))
  }

  @Test func inspectPrintsTheContractsKeys() throws {
    let run = try Subprocess(program, ["inspect", model, "--json"])
    #expect(run.status == 0)
    let report = try object(run.output)
    for key in [
      "model", "sha256", "opset", "parameters", "multiplyAdds", "inputs", "outputs", "layers",
      "unsupported",
    ] { #expect(report[key] != nil, "\(key)") }
    let layers = try #require(report["layers"] as? [[String: Any]])
    for key in ["name", "weight", "op", "shape", "parameters", "group", "kurtosis", "sparsity"] {
      #expect(layers.first?[key] != nil, "\(key)")
    }
  }

  @Test func keysAndDumpedScreensWaitForScansAndSearches() throws {
    let common = [
      model, "--data", data, "--limit", "40", "--size", "120x40", "--dump-screen", "-", "--keys",
    ]
    let scan = try Subprocess(program, common + ["sA"])
    #expect(scan.status == 0, "\(scan.errors)")
    #expect(scan.output.contains("Sensitivity  top-1 loss (pt) by prune %"))
    #expect(scan.output.contains("layers changed; u undoes"))
    #expect(!scan.output.contains("Esc cancels"))
    let search = try Subprocess(program, common + ["f<Up><Up><Enter>P"])
    #expect(search.status == 0, "\(search.errors)")
    #expect(search.output.contains("Plans  by stored bytes"))
    #expect(search.output.contains("(search)"))
    #expect(!search.output.contains("search 0%"))
  }

  @Test func evaluateApplyAndVerifyAgree() throws {
    let plan = try temporary("plan.yaml")
    try "weightbench: 1\ndefaults: {prune: {amount: 0.5}, weights: {bits: 4}}\n"
      .write(to: plan, atomically: true, encoding: .utf8)
    let common = [model, "--data", data, "--plan", plan.path, "--limit", "500", "--json"]
    let report = try object(try Subprocess(program, ["evaluate"] + common).output)
    let measured = try #require(report["plan"] as? [String: Any])
    #expect((measured["correct"] as? Int ?? 0) > 250)
    let size = try #require(report["size"] as? [String: Any])
    let formats = try #require(size["formats"] as? [String: Int])
    // Forms of compressed-tensors are two files; ExportBytesTests has them.
    for (format, bytes) in formats where !format.hasPrefix("ct-") {
      let ending =
        format.hasPrefix("onnx") ? "onnx" : format.hasPrefix("pth") ? "pth" : "safetensors"
      let file = plan.deletingLastPathComponent().appending(path: "\(format).\(ending)")
      let apply = try Subprocess(
        program,
        [
          "apply", model, "--plan", plan.path, "--output", file.path, "--format", format, "--json",
        ])
      #expect(apply.status == 0, "\(apply.errors)")
      #expect(try object(apply.output)["bytes"] as? Int == bytes)
      #expect(
        try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int == bytes)
      let verify = try Subprocess(
        program,
        [
          "verify", file.path, "--model", model, "--plan", plan.path, "--data", data, "--limit",
          "200", "--json",
        ])
      #expect(verify.status == 0, "\(format): \(verify.output)\(verify.errors)")
      #expect(try object(verify.output)["proven"] as? Bool == true)
    }
  }

  @Test func verifyRefusesAnotherPlansFile() throws {
    let plan = try temporary("plan.yaml")
    let other = plan.deletingLastPathComponent().appending(path: "other.yaml")
    let file = plan.deletingLastPathComponent().appending(path: "out.onnx")
    try "weightbench: 1\ndefaults: {prune: {amount: 0.5}}\n"
      .write(to: plan, atomically: true, encoding: .utf8)
    try "weightbench: 1\ndefaults: {prune: {amount: 0.6}}\n"
      .write(to: other, atomically: true, encoding: .utf8)
    let apply = try Subprocess(
      program, ["apply", model, "--plan", plan.path, "--output", file.path])
    #expect(apply.status == 0)
    let verify = try Subprocess(
      program, ["verify", file.path, "--model", model, "--plan", other.path])
    #expect(verify.status == 1)
    #expect(verify.output.contains("NOT proven"))
  }

  @Test(arguments: [
    (["evaluate", "absent.onnx", "--data", "absent.yaml"], 1, "absent.onnx"),
    (["inspect", "--frobnicate", "x"], 2, "frobnicate"),
    (["evaluate"], 2, "model"),
    (["run", "absent.onnx", "--inputs", "a.npz", "--outputs", "b.npz"], 1, "absent.onnx"),
  ])
  func failuresHaveTheirStatus(arguments: [String], status: Int32, text: String) throws {
    let run = try Subprocess(program, arguments)
    #expect(run.status == status, "\(run.errors)")
    #expect(run.errors.lowercased().contains(text), "\(run.errors)")
  }

  @Test func errorsAreJSONWhenAskedFor() throws {
    let run = try Subprocess(program, ["inspect", "absent.onnx", "--json"])
    #expect(run.status == 1)
    let error = try #require(try object(run.output)["error"] as? [String: Any])
    #expect(error["code"] as? String == "missingFile")
    #expect((error["message"] as? String)?.contains("absent.onnx") == true)
    #expect(error["remedy"] != nil)
  }

  @Test func aRandomSetOfKeysDumpsAScreen() throws {
    let file = try temporary("screen.txt")
    let run = try Subprocess(
      program,
      [
        model, "--data", data, "--limit", "200", "--keys", "jj10l-", "--dump-screen", file.path,
        "--size", "120x40",
      ])
    #expect(run.status == 0, "\(run.errors)")
    let screen = try String(contentsOf: file, encoding: .utf8)
    #expect(screen.split(separator: "\n", omittingEmptySubsequences: false).count >= 40)
    #expect(screen.contains("10"))
    #expect(screen.contains("(all 200)"))
  }
}
