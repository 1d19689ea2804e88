import Foundation
import ModelFormats
import NetworkGraph
import Tensors
import Testing

/// Files appear whole or not at all.
@Suite struct AtomicFileTests {
  @Test func writesSmallAndLargePieces() throws {
    let folder = try TemporaryFolder()
    let pieces = [3, 1 << 18, 5, 1 << 20, 0, 7].map {
      [UInt8](repeating: UInt8($0 & 255), count: $0)
    }
    let size = try AtomicFile.write(to: folder.file("a")) { file throws(EngineError) in
      for piece in pieces { try file.append(piece) }
    }
    #expect(try contents(folder.file("a")) == pieces.flatMap { $0 })
    #expect(size == pieces.reduce(0) { $0 + $1.count })
    #expect(try folder.names == ["a"])
  }

  @Test func failureLeavesTheOldFile() throws {
    let folder = try TemporaryFolder()
    try folder.write([1, 2, 3], "a")
    #expect(throws: EngineError.self) {
      try AtomicFile.write(to: folder.file("a")) { file throws(EngineError) in
        try file.append([UInt8](repeating: 9, count: 1 << 20))
        #expect((try? folder.names.count) == 2)
        throw EngineError(.notFinite, problem: "has to stop")
      }
    }
    #expect(try folder.names == ["a"])
    #expect(try contents(folder.file("a")) == [1, 2, 3])
  }

  @Test func twoWritersOfOneTargetDoNotMeet() throws {
    let folder = try TemporaryFolder()
    let (first, second) = (
      try AtomicFile(path: folder.file("a")), try AtomicFile(path: folder.file("a"))
    )
    try first.append([1])
    try second.append([2])
    try second.commit()
    try first.commit()
    #expect(try contents(folder.file("a")) == [1])
    #expect(try folder.names == ["a"])
  }

  @Test func keepsPermissionsAndLinks() throws {
    let folder = try TemporaryFolder()
    try folder.write([1], "a")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o640], ofItemAtPath: folder.file("a"))
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("link"), withDestinationPath: folder.file("a"))
    try AtomicFile.write(to: folder.file("link")) { file throws(EngineError) in
      try file.append([2])
    }
    #expect(try contents(folder.file("a")) == [2])
    let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("a"))
    #expect(attributes[.posixPermissions] as? Int == 0o640)
    #expect(try folder.names == ["a", "link"])
  }

  @Test func missingFolderAndFolderAsTarget() throws {
    let folder = try TemporaryFolder()
    for path in [folder.file("none/a"), folder.path, ""] {
      let error = try #require(throws: EngineError.self) { try AtomicFile(path: path) }
      #expect(error.code == .writeFailed)
      #expect(error.path == path)
      #expect(error.remedy != nil)
    }
  }

  @Test(
    .enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "no /dev/full"),
    arguments: [10, 1 << 20])
  func fullDiskIsNamed(count: Int) throws {
    let error = try #require(throws: EngineError.self) {
      try AtomicFile.write(to: "/dev/full") { file throws(EngineError) in
        try file.append([UInt8](repeating: 1, count: count))
      }
    }
    #expect(error.code == .writeFailed)
    #expect(error.problem.contains("no space left"))
    #expect(error.remedy?.contains("Free space") == true)
    var graph = NetworkGraph(name: "g")
    graph.initializers["w"] = Tensor([count], [UInt8](repeating: 1, count: count))
    #expect(throws: EngineError.self) { try ONNXWriter.write(graph, to: "/dev/full") }
  }
}
