import Foundation
import TestSupport

/// Python with numpy, onnx and safetensors, as an outside opinion on files.
enum Judge {
  static let python = SharedAssets.root.appending(path: ".judges/bin/python").path
  static let isInstalled = FileManager.default.isExecutableFile(atPath: python)

  /// Runs `script` with `arguments`.
  ///
  /// - Returns: What it printed when it ended well; nil, with its complaints printed, when not.
  static func run(_ script: String, _ arguments: [String] = []) throws -> String? {
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = ["-c", script] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    if process.terminationStatus == 0 { return text }
    print(text)
    return nil
  }
}
