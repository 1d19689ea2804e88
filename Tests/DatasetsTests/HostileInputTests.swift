import Datasets
import Foundation
import ModelFormats
import Tensors
import TestSupport
import Testing

/// Seeded mutations of every kind of file: an ``EngineError`` or a value, never a crash.
@Suite struct HostileInputTests {
  private static func archive() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    try NPZFile.write(
      [
        "images": Tensor([2, 1, 2, 2], Array(0..<8) as [UInt8]),
        "boxes": Tensor([1, 4], [0, 0, 1, 1] as [Float]),
        "classes": Tensor([1], [0] as [Int64]), "image_index": Tensor([1], [1] as [Int64]),
        "labels": Tensor([2], [0, 1] as [Int64]),
      ], to: folder.path + "/d.npz")
    return Array(try Data(contentsOf: URL(filePath: folder.path + "/d.npz")))
  }

  private static let description = """
    data: d-images-idx3-ubyte
    task: classification
    input: {layout: NCHW, order: gray, scale: 255, mean: [0.5], std: [0.25], resize: 2, crop: 2}
    classes: [a, "b", c]
    """

  /// The file to mutate, its name, and files that stay beside it.
  private static func files() throws -> [(name: String, bytes: [UInt8])] {
    [
      ("d.npz", try archive()), ("d.yaml", Array(description.utf8)),
      ("e-images-idx3-ubyte", idx([3, 2, 2], Array(0..<12))),
      ("f-images-idx3-ubyte.gz", Fixtures.idxGzip), ("g.png", Fixtures.colorPNG),
      ("h.png", Fixtures.palettePNG), ("i.jpg", Fixtures.colorJPEG),
      ("j.jpg", Fixtures.grayJPEG),
    ]
  }

  @Test(arguments: 0..<8)
  func mutationsNeverCrash(kind: Int) throws {
    let folder = try TemporaryFolder()
    try folder.write(idx([3, 2, 2], Array(0..<12)), to: "d-images-idx3-ubyte")
    try folder.write(idx([3], [2, 0, 1]), to: "d-labels-idx1-ubyte")
    let (name, bytes) = try Self.files()[kind]
    var mutator = ByteMutator(seed: UInt64(kind))
    var opened = 0
    var refused = 0
    for _ in 0..<250 {
      let path = try folder.write(mutator.mutate(bytes), to: name)
      do {
        let data = try EvaluationData.open(path: path, limit: 4)
        _ = data.previewOrder(seed: 1)
        _ = try data.inputs(for: [data.count - 1], graphInputs: [input(nil)])
        try data.check(against: [input([nil, 1, 2, 2])])
        opened += 1
      } catch {
        #expect(!error.problem.isEmpty)
        refused += 1
      }
    }
    #expect(opened + refused == 250)
    #expect(refused > 20, "\(name): the mutations change nothing")
  }

  /// The unchanged files open, so that the mutations start from something whole.
  @Test func theUnchangedFilesOpen() throws {
    let folder = try TemporaryFolder()
    try folder.write(idx([3, 2, 2], Array(0..<12)), to: "d-images-idx3-ubyte")
    for (name, bytes) in try Self.files() {
      let path = try folder.write(bytes, to: "\(name)")
      let data = try EvaluationData.open(path: path, limit: nil)
      #expect(try batch(data, [data.count - 1]).count > 0, "\(name)")
    }
  }
}
