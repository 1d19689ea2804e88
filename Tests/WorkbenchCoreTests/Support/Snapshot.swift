import Foundation
import TerminalCells
import Testing

/// Screens compared with text files beside the tests.
///
/// `RECORD_SNAPSHOTS=1` writes the files anew and fails, so that a new picture can't pass unseen.
enum Snapshot {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Snapshots")

  static func check(
    _ buffer: CellBuffer, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let file = folder.appending(path: "\(name).txt")
    let text = buffer.text + "\n"
    let records = ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] == "1"
    guard !records, let expected = try? String(contentsOf: file, encoding: .utf8) else {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try text.write(to: file, atomically: true, encoding: .utf8)
      try ANSIText.write(buffer, name)
      Issue.record("recorded \(file.lastPathComponent): look at it", sourceLocation: sourceLocation)
      return
    }
    let difference = zip(
      text.split(separator: "\n", omittingEmptySubsequences: false),
      expected.split(separator: "\n", omittingEmptySubsequences: false)
    ).enumerated().first { $0.element.0 != $0.element.1 }
    let place = difference.map {
      "row \($0.offset):\nnow      \($0.element.0)\nexpected \($0.element.1)"
    }
    #expect(text == expected, "\(name): \(place ?? "other length")", sourceLocation: sourceLocation)
  }
}
