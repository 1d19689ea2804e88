import Foundation
import Tensors
import TerminalCells

/// Files that come with the program: themes and sample models.
enum BundledFiles {
  /// The folder that holds `themes/` and `sample-models/`: `WEIGHTBENCH_HOME`, the source checkout
  /// the program was built in, or `share/weightbench` beside the installed program.
  static let root: URL? = {
    let program = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      .map { URL(filePath: $0) } ?? program
    var candidates: [URL] = []
    if let home = ProcessInfo.processInfo.environment["WEIGHTBENCH_HOME"] {
      candidates.append(URL(filePath: home))
    }
    var folder = executable.deletingLastPathComponent()
    candidates.append(folder.deletingLastPathComponent().appending(path: "share/weightbench"))
    // `.build/<platform>/release/weightbench` lies four levels below the checkout at most.
    for _ in 0..<5 {
      candidates.append(folder)
      folder = folder.deletingLastPathComponent()
    }
    candidates.append(URL(filePath: FileManager.default.currentDirectoryPath))
    return candidates.first {
      FileManager.default.fileExists(atPath: $0.appending(path: "themes").path)
    }
  }()

  /// The user's configuration folder, by the XDG rules.
  static var configuration: URL {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".config")
    return base.appending(path: "weightbench")
  }

  /// The folder for state that outlives a run, by the XDG rules.
  static var state: URL {
    let environment = ProcessInfo.processInfo.environment
    let base =
      environment["XDG_STATE_HOME"].flatMap { $0.hasPrefix("/") ? URL(filePath: $0) : nil }
      ?? FileManager.default.homeDirectoryForCurrentUser.appending(path: ".local/state")
    return base.appending(path: "weightbench")
  }

  /// The themes of the program and of the user.
  static func themes() -> ThemeLibrary {
    let folders = [root?.appending(path: "themes"), configuration.appending(path: "themes")]
    return ThemeLibrary(folders: folders.compactMap { $0?.path })
  }

  /// The model and data that open without arguments; nil when the program was installed without them.
  static var sample: (model: String, data: String)? {
    guard let root else { return nil }
    let model = root.appending(path: "sample-models/fashion-resnet/fashion-resnet.onnx").path
    let data = root.appending(path: "sample-models/fashion-mnist/fashion-mnist-test2000.yaml").path
    guard FileManager.default.fileExists(atPath: model) else { return nil }
    return (model, data)
  }

  /// The model and data to open: those given, or the bundled sample.
  ///
  /// - Throws: ``EngineError`` when no model is given and the sample is not there.
  static func source(
    model: String?, data: String?
  ) throws(EngineError) -> (model: String, data: String?) {
    if let model { return (model, data) }
    guard let sample else {
      throw EngineError(
        .missingFile, subject: "bundled sample", problem: "was not found beside the program",
        remedy: "Name a model: weightbench MODEL --data DATA, or set WEIGHTBENCH_HOME to the "
          + "folder that holds sample-models")
    }
    return (sample.model, data ?? sample.data)
  }
}
