import Foundation
import TestSupport
import Testing

/// The dependency direction of Documentation/architecture.md, read off the `import` lines.
@Suite struct ImportTests {
  static let allowed: [String: Set<String>] = {
    let engine: Set<String> = [
      "Tensors", "NetworkGraph", "Operators", "ModelFormats", "Datasets", "ModelCompression",
      "Execution",
    ]
    return [
      "Tensors": [],
      "NetworkGraph": ["Tensors"],
      "Operators": ["Tensors", "NetworkGraph"],
      "ModelFormats": ["Tensors", "NetworkGraph", "CZip"],
      "Datasets": ["Tensors", "NetworkGraph", "ModelFormats", "CZip", "CImages"],
      "ModelCompression": ["Tensors", "NetworkGraph"],
      "Execution": ["Tensors", "NetworkGraph", "Operators", "COneDNN"],
      "Gradients": ["Tensors", "NetworkGraph", "Operators", "Execution"],
      "Evaluation": engine.union(["Gradients"]),
      "Training": engine.union(["Gradients", "Evaluation"]),
      "TerminalCells": [],
      "NcursesTerminal": ["TerminalCells", "CNcurses"],
      "WorkbenchCore": engine.union(["Evaluation", "Training", "TerminalCells"]),
      "weightbench": engine.union([
        "Evaluation", "Gradients", "Training", "TerminalCells", "WorkbenchCore",
        "NcursesTerminal",
      ]),
    ]
  }()

  @Test(arguments: allowed.keys.sorted())
  func importsPointDownwards(target: String) throws {
    let folder = SharedAssets.root.appending(path: "Sources/\(target)")
    let ours = Set(Self.allowed.keys).union(["CNcurses", "COneDNN", "CZip", "CImages"])
    let files = try #require(FileManager.default.enumerator(atPath: folder.path))
    var seen = 0
    for case let name as String in files where name.hasSuffix(".swift") {
      seen += 1
      let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard let keyword = words.firstIndex(of: "import"), keyword <= 1, words.count > keyword + 1
        else { continue }
        let module = String(words[keyword + 1])
        guard ours.contains(module) else { continue }
        #expect(
          Self.allowed[target]?.contains(module) == true, "\(target)/\(name) imports \(module)")
      }
    }
    #expect(seen > 0)
  }
}
