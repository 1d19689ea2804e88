import Foundation

/// Runs a program to its end and keeps what it printed.
public struct Subprocess {
  /// The exit status; 128 + signal when one ended it.
  public let status: Int32
  /// Standard output.
  public let output: String
  /// Standard error.
  public let errors: String

  /// Runs `program` with `arguments`.
  ///
  /// - Parameters:
  ///   - program: An absolute path, or a name looked up in PATH.
  ///   - arguments: Its arguments.
  ///   - environment: Variables set on top of this process's own.
  ///   - folder: The working folder.
  /// - Throws: When the program can't be started.
  public init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    folder: URL? = nil
  ) throws {
    let process = Process()
    process.executableURL =
      program.hasPrefix("/") ? URL(filePath: program) : URL(filePath: "/usr/bin/env")
    process.arguments = program.hasPrefix("/") ? arguments : [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = folder }
    // Files, not pipes: a full pipe would block the program while we wait for its end.
    let base = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    let outputFile = base.appendingPathExtension("out")
    let errorFile = base.appendingPathExtension("err")
    _ = FileManager.default.createFile(atPath: outputFile.path, contents: nil)
    _ = FileManager.default.createFile(atPath: errorFile.path, contents: nil)
    defer {
      try? FileManager.default.removeItem(at: outputFile)
      try? FileManager.default.removeItem(at: errorFile)
    }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: outputFile)
    process.standardError = try FileHandle(forWritingTo: errorFile)
    try process.run()
    process.waitUntilExit()
    status =
      process.terminationReason == .exit
      ? process.terminationStatus : 128 + process.terminationStatus
    output = String(decoding: try Data(contentsOf: outputFile), as: UTF8.self)
    errors = String(decoding: try Data(contentsOf: errorFile), as: UTF8.self)
  }

  /// The built `weightbench` beside the test program; nil when it is not there.
  public static let weightbench: String? = {
    guard
      let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    var folder = URL(filePath: tests).deletingLastPathComponent()
    for _ in 0..<4 {
      let program = folder.appending(path: "weightbench").path
      var isFolder: ObjCBool = false
      if FileManager.default.fileExists(atPath: program, isDirectory: &isFolder),
        !isFolder.boolValue
      {
        return program
      }
      folder = folder.deletingLastPathComponent()
    }
    return nil
  }()
}
