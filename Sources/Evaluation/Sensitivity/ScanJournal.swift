import Foundation
import Synchronization
import Tensors

/// The file in which a scan notes what it has measured, so that a scan that was killed goes on where
/// it stopped.
///
/// One JSON object a line: first what is scanned, then results as they come in, each group of lines
/// forced to the disk. A last line that was torn by a crash is left out and written over. A journal
/// belongs to one model, data set and scan; others are refused.
///
/// ```swift
/// let journal = try ScanJournal(path: "scan.journal", resumes: true)
/// let table = try await scanner.run(SensitivityScan(), journal: journal) { _, _ in }
/// ```
public final class ScanJournal: Sendable {
  /// Sums up to a batch, or of a batch.
  struct Entry: Sendable, Hashable, Codable {
    var batch: Int
    var tally: CellTally
    var seconds: Double
  }

  /// What an earlier scan left.
  struct Content: Sendable {
    /// The last sum of each cell by its number in the table, or all its batches in order.
    var cells: [Int: [Entry]] = [:]
    var baseline: Entry?
    /// The rows of finished cells.
    var rows: [SensitivityReport.Row] = []
    /// What the table says of the layers and the whole.
    var frame: SensitivityReport?
  }

  /// One line of the file.
  enum Line: Sendable, Codable {
    /// The scan and its empty table: always the first line.
    case scan(version: Int, SensitivityReport)
    /// The original network up to a batch.
    case baseline(Entry)
    /// A cell up to a batch.
    case sum(cell: Int, Entry)
    /// One batch of a cell.
    case point(cell: Int, Entry)
    /// A finished cell.
    case row(SensitivityReport.Row)
  }

  static let version = 1

  /// The file.
  public let path: String
  private let resumes: Bool
  private let file = Mutex<FileHandle?>(nil)

  /// Names a journal; the file is made, or read, when the scan starts.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - resumes: Go on with what the file holds. Otherwise a file that is there is refused.
  /// - Throws: ``EngineError`` when there is a file and `resumes` is false.
  public init(path: String, resumes: Bool) throws(EngineError) {
    self.path = path
    self.resumes = resumes
    if !resumes, let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int,
      size > 0
    {
      throw EngineError(
        .writeFailed, path: path, problem: "holds an earlier scan",
        remedy: "Give --resume to go on with it, or remove it to start again")
    }
  }

  /// Opens the file for a scan.
  ///
  /// - Parameter frame: The scan's empty table.
  /// - Returns: What an earlier run of the same scan left.
  /// - Throws: ``EngineError`` when the file belongs to another scan, is damaged, or can't be written.
  func open(_ frame: SensitivityReport) throws(EngineError) -> Content {
    var content = Content()
    var keep = 0
    if FileManager.default.fileExists(atPath: path) {
      (content, keep) = try Self.read(path)
      if let earlier = content.frame?.scan, let scan = frame.scan,
        let difference = scan.difference(from: earlier)
      {
        throw EngineError(
          .invalidArgument, path: path, problem: "is the journal of a scan with \(difference)",
          remedy: "Repeat the scan as it was, or give another journal")
      }
    } else {
      guard FileManager.default.createFile(atPath: path, contents: nil) else {
        throw EngineError(
          .writeFailed, path: path, problem: "can't be created",
          remedy: "Give the path of a file in a folder that can be written")
      }
    }
    do {
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.truncate(atOffset: UInt64(keep))
      try handle.seekToEnd()
      file.withLock { $0 = handle }
    } catch {
      throw EngineError(.writeFailed, path: path, problem: "can't be written: \(error)")
    }
    if content.frame == nil { try append([.scan(version: Self.version, frame)]) }
    return content
  }

  /// Adds lines and forces them to the disk.
  func append(_ lines: [Line]) throws(EngineError) {
    var bytes = Data()
    do {
      let encoder = Self.encoder
      for line in lines {
        bytes.append(try encoder.encode(line))
        bytes.append(0x0A)
      }
      try file.withLock { handle in
        try handle?.write(contentsOf: bytes)
        try handle?.synchronize()
      }
    } catch {
      throw EngineError(
        .writeFailed, path: path, problem: "can't be written: \(error)",
        remedy: "Make room on the disk, then go on with --resume")
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return encoder
  }

  /// Reads a journal.
  ///
  /// - Returns: Its content, and the bytes up to the end of its last whole line.
  /// - Throws: ``EngineError`` when a line before the last is no line of a journal.
  static func read(_ path: String) throws(EngineError) -> (Content, byteCount: Int) {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw EngineError(
        .missingFile, path: path, problem: "can't be read", remedy: "Check the path")
    }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    var content = Content()
    var start = bytes.startIndex
    while let end = bytes[start...].firstIndex(of: 0x0A) {
      guard let line = try? decoder.decode(Line.self, from: bytes[start..<end]) else {
        // A crash can leave a torn line, at the end only.
        if end == bytes.index(before: bytes.endIndex), content.frame != nil { break }
        throw EngineError(
          .malformedFile, path: path, byteOffset: start - bytes.startIndex,
          problem: "this is no line of a scan's journal",
          remedy: "Give another journal, or remove this one")
      }
      try add(line, to: &content, path: path)
      start = bytes.index(after: end)
    }
    return (content, start - bytes.startIndex)
  }

  private static func add(
    _ line: Line, to content: inout Content, path: String
  ) throws(EngineError) {
    if content.frame == nil {
      guard case .scan(let version, let frame) = line, version == Self.version else {
        throw EngineError(
          .malformedFile, path: path, problem: "is no journal of this version",
          remedy: "Give another journal, or remove this one")
      }
      content.frame = frame
      return
    }
    switch line {
    case .scan: break
    case .baseline(let entry): content.baseline = entry
    case .sum(let cell, let entry): content.cells[cell] = [entry]
    case .point(let cell, let entry): content.cells[cell, default: []].append(entry)
    case .row(let row): content.rows.append(row)
    }
  }
}
