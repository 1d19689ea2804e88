import Foundation

/// The outside judges: Python with numpy, onnx and onnxruntime, as `make judges` installs them.
public enum JudgePython {
  private static let python = SharedAssets.root.appending(path: ".judges/bin/python").path

  /// Whether the judges are installed; tests that need them skip otherwise.
  public static let isAvailable: Bool = FileManager.default.fileExists(atPath: python)

  /// Runs a script and returns what it printed.
  ///
  /// - Throws: ``Failure`` with what it said when it ends in an error.
  public static func run(_ script: String, arguments: [String] = []) throws -> String {
    let run = try Subprocess(python, ["-c", script] + arguments)
    guard run.status == 0 else { throw Failure(errors: run.errors) }
    return run.output
  }

  /// Runs a script of `Tests/Judges` and returns what it printed.
  ///
  /// - Throws: As ``run(_:arguments:)``.
  public static func run(file name: String, arguments: [String] = []) throws -> String {
    let url = SharedAssets.root.appending(path: "Tests/Judges/\(name)")
    return try run(String(contentsOf: url, encoding: .utf8), arguments: arguments)
  }

  /// A script that ended in an error.
  public struct Failure: Error, CustomStringConvertible {
    /// What it wrote to standard error.
    public let errors: String
    /// The same.
    public var description: String { errors }
    /// The package that the script looked for in vain; nil when it ended for another reason.
    ///
    /// Tests skip what needs a package that is only installed where it is offered.
    public var missingPackage: String? {
      errors.firstMatch(of: /ModuleNotFoundError: No module named '([^']+)'/).map { String($0.1) }
    }
  }
}
