import Datasets
import Foundation
import Tensors
import Testing

/// Decoding, resizing and cropping of image files give Pillow's bytes.
@Suite struct ImageTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let files: [(name: String, file: [UInt8], rgb: [UInt8], width: Int, height: Int)] = [
    ("a.png", Fixtures.colorPNG, Fixtures.colorPNGRGB, 13, 9),
    ("b.png", Fixtures.palettePNG, Fixtures.palettePNGRGB, 7, 5),
    ("c.png", Fixtures.alphaPNG, Fixtures.alphaPNGRGB, 7, 5),
    ("d.png", Fixtures.bitPNG, Fixtures.bitPNGRGB, 7, 5),
    ("e.jpg", Fixtures.colorJPEG, Fixtures.colorJPEGRGB, 13, 9),
    ("f.JPEG", Fixtures.grayJPEG, Fixtures.grayJPEGRGB, 13, 9),
  ]

  @Test(arguments: files.indices)
  func decodesAsPillow(index: Int) throws {
    let (name, file, rgb, width, height) = Self.files[index]
    let path = try folder.write(file, to: name)
    try folder.write("input: {order: RGB}", to: name.prefix(1) + ".yaml")
    let found = try pixels(EvaluationData.open(path: path, limit: nil), [0])
    #expect(found.shape == [1, 3, height, width])
    #expect(found.array(of: UInt8.self) == rgb)
  }

  @Test func colorBecomesGrayAsPillow() throws {
    let path = try folder.write(Fixtures.colorPNG, to: "a.png")
    try folder.write("input: {order: gray}", to: "a.yaml")
    let found = try pixels(EvaluationData.open(path: path, limit: nil), [0])
    #expect(found.array(of: UInt8.self) == Fixtures.colorGray)
  }

  @Test(arguments: [
    ("resize: 6", Fixtures.colorResized, [6, 8]),
    ("resize: 6, crop: 5", Fixtures.colorCropped, [5, 5]),
    ("resize: [15, 20]", Fixtures.colorEnlarged, [15, 20]),
  ])
  func resizesAsPillow(keys: String, expected: [UInt8], size: [Int]) throws {
    let path = try folder.write(Fixtures.colorPNG, to: "a.png")
    try folder.write("input: {\(keys)}", to: "a.yaml")
    let found = try pixels(EvaluationData.open(path: path, limit: nil), [0])
    #expect(found.shape == [1, 3] + size)
    #expect(found.array(of: UInt8.self) == expected)
  }

  @Test func foldersAreClasses() throws {
    try folder.write(Fixtures.colorPNG, to: "set/zebra/2.png")
    try folder.write(Fixtures.colorJPEG, to: "set/zebra/10.jpg")
    try folder.write(Fixtures.grayJPEG, to: "set/ant/x.jpg")
    try folder.write("not an image", to: "set/ant/notes.txt")
    try folder.write("input: {order: BGR, mean: 0.5, std: 0.5}", to: "set.yml")
    let data = try EvaluationData.open(path: folder.path + "/set/", limit: nil)
    #expect(data.name == "set")
    #expect(data.count == 3)
    #expect(data.task == .classification)
    #expect(data.labels == [0, 1, 1])
    #expect(data.classNames == ["ant", "zebra"])
    #expect(data.notes.isEmpty)
    // Sorted by name, so zebra/10.jpg comes before zebra/2.png; blue first.
    let found = try pixels(data, [2, 1])
    let planes = [2, 1, 0].flatMap { Fixtures.colorPNGRGB[$0 * 117..<($0 + 1) * 117] }
    #expect(Array(found.array(of: UInt8.self).prefix(351)) == planes)
    let floats = try batch(data, [2]).array(of: Float.self)
    let scaled: [Float] = planes.map { (Float($0) / 255 - 0.5) / 0.5 }
    #expect(floats == scaled)
    let first = try EvaluationData.open(path: folder.path + "/set", limit: 1)
    #expect(first.labels == [0])
    #expect(first.notes.contains("the first 1 images hold 1 of 2 classes"))
  }

  @Test func filesWithoutClasses() throws {
    try folder.write(Fixtures.colorPNG, to: "b.png")
    try folder.write(Fixtures.colorJPEG, to: "a.jpg")
    let data = try EvaluationData.open(path: folder.path, limit: nil)
    #expect(data.labels == nil)
    #expect(data.task == .agreement)
    #expect(
      try pixels(data, [0, 1]).array(of: UInt8.self)
        == Fixtures.colorJPEGRGB + Fixtures.colorPNGRGB)
  }

  @Test func unequalSizesNameTheFile() throws {
    try folder.write(Fixtures.colorPNG, to: "s/1.png")
    try folder.write(Fixtures.palettePNG, to: "s/2.png")
    let data = try EvaluationData.open(path: folder.path + "/s", limit: nil)
    expectError("2.png", "7 x 5", "13 x 9", "'resize' and 'crop'") {
      _ = try data.inputs(for: [0, 1], graphInputs: [input(nil)])
    }
    try folder.write("input: {resize: 4, crop: 4}", to: "s.yaml")
    let resized = try EvaluationData.open(path: folder.path + "/s", limit: nil)
    #expect(try pixels(resized, [0, 1]).shape == [2, 3, 4, 4])
  }

  @Test func badImages() throws {
    let cmyk = try folder.write(Fixtures.cmykJPEG, to: "cmyk.jpg")
    expectError("CMYK", "RGB") { _ = try EvaluationData.open(path: cmyk, limit: nil) }
    let text = try folder.write("hello", to: "text.png")
    expectError("neither PNG nor JPEG") { _ = try EvaluationData.open(path: text, limit: nil) }
    // A header of 60,000 x 60,000 pixels over no data: refused before memory is taken.
    var huge = Array(Fixtures.colorPNG.prefix(33))
    huge.replaceSubrange(16..<24, with: [0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60])
    let path = try folder.write(huge, to: "huge.png")
    expectError("huge.png", "can't be decoded") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
    for (name, bytes) in [("cut.png", Fixtures.colorPNG), ("cut.jpg", Fixtures.colorJPEG)] {
      let path = try folder.write(Array(bytes.dropLast(bytes.count / 4)), to: name)
      expectError(name, "can't be decoded") {
        _ = try pixels(EvaluationData.open(path: path, limit: nil), [0])
      }
    }
  }

  @Test func cropLargerThanTheImage() throws {
    let path = try folder.write(Fixtures.colorPNG, to: "a.png")
    try folder.write("input: {crop: 10}", to: "a.yaml")
    expectError("crop of 10 x 10", "13 x 9") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
  }
}
