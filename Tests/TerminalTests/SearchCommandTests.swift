import Foundation
import TestSupport
import Testing

/// The contract of `weightbench search`: flags, exit statuses, JSON keys, and the plan it writes.
@Suite(.enabled(if: Subprocess.weightbench != nil, "the built program is missing"))
struct SearchCommandTests {
  private let folder: TemporaryFolder
  private var program: String { Subprocess.weightbench ?? "" }
  private let samples = SharedAssets.root.appending(path: "sample-models")
  private var model: String { samples.appending(path: "simple-cnn/simple-cnn.onnx").path }
  private var common: [String] {
    [
      model, "--data",
      samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path, "--limit", "100",
      "--bits", "8,4,3", "--prune", "0,0.5",
    ]
  }

  init() throws { folder = try TemporaryFolder() }

  private func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test func writesAPlanThatKeepsTheBudget() throws {
    let plan = folder.path("plan.yaml")
    let search = try Subprocess(
      program,
      ["search"] + common + [
        "--max-size", "20K", "--output", plan, "--json", "--report-images", "40",
      ])
    #expect(search.status == 0, "\(search.errors)")
    let report = try object(search.output)
    let size = try #require(report["size"] as? [String: Any])
    #expect(try #require(size["stored"] as? Int) <= 20_000)
    #expect(report["searchImages"] as? Int == 60)
    #expect(report["reportImages"] as? Int == 40)
    #expect(report["images"] as? Int == 40)
    #expect((report["evaluations"] as? Int ?? 0) > 20)
    #expect((report["seconds"] as? Double ?? 0) > 0)
    #expect((report["plan"] as? [String: Any])?["top1"] != nil)
    let front = try #require(report["front"] as? [[String: Any]])
    let bytes = front.compactMap { $0["bytes"] as? Int }
    #expect(bytes.count == front.count && bytes == bytes.sorted())
    #expect(front.allSatisfy { $0["top1"] is Double })
    // What was written is what was measured, and other commands take it.
    let evaluate = try Subprocess(
      program, ["evaluate"] + common.prefix(5) + ["--plan", plan, "--json"])
    #expect(evaluate.status == 0, "\(evaluate.errors)")
    let measured = try #require(try object(evaluate.output)["size"] as? [String: Any])
    #expect(measured["stored"] as? Int == size["stored"] as? Int)
    let text = try String(contentsOfFile: plan, encoding: .utf8)
    #expect(text.hasPrefix("weightbench: 1\n"))
    #expect(text.contains("results:"))
    // Another search does not overwrite it unless told to.
    let again = try Subprocess(
      program, ["search"] + common + ["--max-size", "20K", "--output", plan])
    #expect(again.status == 1)
    #expect(again.errors.contains("--overwrite"))
    #expect(try String(contentsOfFile: plan, encoding: .utf8) == text)
  }

  @Test func pinsFromTheCommandLineAreRespected() throws {
    let start = folder.path("start.yaml")
    let plan = folder.path("plan.yaml")
    let inspect = try object(try Subprocess(program, ["inspect", model, "--json"]).output)
    let layers = try #require(inspect["layers"] as? [[String: Any]])
    let names = layers.compactMap { $0["name"] as? String }
    try "weightbench: 1\nlayers:\n  \(names[0]): {weights: {bits: 6}}\n"
      .write(toFile: start, atomically: true, encoding: .utf8)
    let search = try Subprocess(
      program,
      ["search"] + common + [
        "--average-bits", "4.6", "--output", plan, "--plan", start, "--pin", names[0], "--json",
      ])
    #expect(search.status == 0, "\(search.errors)\(search.output)")
    let rows = try #require(try object(search.output)["layers"] as? [[String: Any]])
    #expect(rows.first?["bits"] as? Int == 6)
    #expect(try String(contentsOfFile: plan, encoding: .utf8).contains("pinned:"))
  }

  @Test func aGoalOutOfReachNamesWhatIsPossible() throws {
    let plan = folder.path("plan.yaml")
    let search = try Subprocess(
      program, ["search"] + common + ["--max-size", "1K", "--output", plan, "--json"])
    #expect(search.status == 1)
    let error = try #require(try object(search.output)["error"] as? [String: Any])
    #expect((error["message"] as? String)?.contains("is the least") == true)
    #expect(!FileManager.default.fileExists(atPath: plan))
  }

  @Test(arguments: [
    [], ["--max-size", "20K", "--max-drop", "1"], ["--max-size", "20K", "--bits", "8,x"],
    ["--max-drop", "much"],
  ])
  func wrongCommandLinesAreRefused(goal: [String]) throws {
    let search = try Subprocess(
      program, ["search", model, "--data", "x.yaml", "--output", folder.path("p.yaml")] + goal)
    #expect(search.status == 2, "\(search.errors)")
  }

  @Test func interruptingWritesTheBestSoFar() throws {
    let plan = folder.path("plan.yaml")
    let resnet = samples.appending(path: "fashion-resnet/fashion-resnet.onnx").path
    // The progress bar tells when there is something to keep; then Ctrl-C.
    let script = """
      "$0" search "$1" --data "$2" --output "$3" --max-size 20% --progress always 2> "$4" &
      child=$!
      for _ in $(seq 600); do
        grep -q "best " "$4" 2> /dev/null && break
        kill -0 $child 2> /dev/null || break
        sleep 0.1
      done
      kill -INT $child
      wait $child
      """
    let run = try Subprocess(
      "/bin/bash",
      [
        "-m", "-c", script, program, resnet,
        samples.appending(path: "fashion-mnist/fashion-mnist-test2000.yaml").path, plan,
        folder.path("errors"),
      ])
    let errors = try String(contentsOfFile: folder.path("errors"), encoding: .utf8)
    #expect(run.status == 130, "\(errors)")
    #expect(errors.contains("wrote the best plan so far"))
    #expect(
      try String(contentsOfFile: plan, encoding: .utf8).hasPrefix("weightbench: 1\n"))
  }
}
