import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

/// Boxes in the forms of COCO, Pascal VOC and YOLO.
@Suite struct BoxLabelTests {
  let folder = try? TemporaryFolder()

  /// The same two boxes on the first of two images of 13 x 9 pixels, in each form.
  private static let coco = """
    {"images": [{"id": 7, "width": 13, "height": 9, "file_name": "b.png"},
                {"id": 3, "width": 13, "height": 9, "file_name": "a.png"}],
     "annotations": [{"id": 1, "image_id": 3, "category_id": 9, "bbox": [1.5, 2, 6.5, 4], "area": 20.25,
                      "iscrowd": 0, "segmentation": [[1, 2, 3, 4, 5, 6]]},
                     {"id": 2, "image_id": 3, "category_id": 2, "bbox": [0, 0, 13, 9], "iscrowd": 1}],
     "categories": [{"id": 9, "name": "dog"}, {"id": 2, "name": "cat"}]}
    """
  private static let voc = """
    <?xml version="1.0"?><!DOCTYPE annotation>
    <annotation verified="yes"><!-- made by hand --><filename>a.png</filename>
      <size><width>13</width><height>9</height><depth>3</depth></size>
      <object><name>dog</name><difficult>0</difficult>
        <bndbox><xmin>1.5</xmin><ymin>2</ymin><xmax>8</xmax><ymax>6</ymax></bndbox>
        <part><name>head</name><bndbox><xmin>1</xmin></bndbox></part></object>
      <object><name>cat</name><difficult>1</difficult><truncated/>
        <bndbox><xmin>0</xmin><ymin>0</ymin><xmax>13</xmax><ymax>9</ymax></bndbox></object>
    </annotation>
    """
  private static let yolo = "1 0.365385 0.444444 0.5 0.444444\n\n0 0.5 0.5 1 1\n"

  private func images(_ folder: TemporaryFolder, in inner: String = "") throws {
    for name in ["a.png", "b.png"] { try folder.write(Fixtures.colorPNG, to: inner + name) }
  }

  private func open(_ path: String, limit: Int? = nil) throws -> EvaluationData {
    try EvaluationData.open(path: path, limit: limit)
  }

  private func corners(_ box: GroundTruthBox?, _ expected: [Float]) -> Bool {
    guard let box else { return false }
    return (0..<4).allSatisfy { abs(box.corners[$0] - expected[$0]) < 1e-5 }
  }

  private let first: [Float] = [1.5 / 13, 2.0 / 9, 8.0 / 13, 6.0 / 9]

  @Test func cocoFile() throws {
    let folder = try #require(folder)
    try images(folder)
    let path = try folder.write(Array(Self.coco.utf8), to: "boxes.json")
    let data = try open(path)
    #expect(data.task == .detection && data.count == 2)
    #expect(data.classNames == ["cat", "dog"])
    let boxes = try #require(data.boxes)
    // Images are in the order of their identifiers: a, b.
    #expect(boxes.map(\.imageIndex) == [0, 0] && boxes.map(\.classIndex) == [1, 0])
    #expect(boxes[0].pixels == [1.5, 2, 6.5, 4] && boxes[0].area == 20.25 && !boxes[0].isCrowd)
    #expect(corners(boxes.first, first))
    #expect(boxes[1].area == nil && boxes[1].isCrowd)
    #expect(try open(path, limit: 1).boxes?.count == 2)
    #expect(data.frame(of: 1) == ImageFrame(width: 13, height: 9))
  }

  @Test func cocoFileBesideItsSet() throws {
    let folder = try #require(folder)
    try images(folder, in: "val2017/")
    let path = try folder.write(Array(Self.coco.utf8), to: "annotations/instances_val2017.json")
    #expect(try open(path).boxes?.count == 2)
    let other = try folder.write(Array(Self.coco.utf8), to: "elsewhere/labels.json")
    expectError("image 'a.png'", "lies in none of") { _ = try open(other) }
    try folder.write(
      Array("data: val2017\nboxes: elsewhere/labels.json\nclasses: [dog, cat]\n".utf8), to: "d.yaml"
    )
    let described = try open(folder.path + "/d.yaml")
    #expect(described.boxes?.map(\.classIndex) == [0, 1])
    try folder.write(
      Array("data: val2017\nboxes: elsewhere/labels.json\nclasses: [dog, bird]\n".utf8),
      to: "e.yaml")
    expectError("category 2", "'cat'") { _ = try open(folder.path + "/e.yaml") }
  }

  @Test func vocFolder() throws {
    let folder = try #require(folder)
    try images(folder, in: "v/JPEGImages/")
    try folder.write(Array(Self.voc.utf8), to: "v/Annotations/a.xml")
    let data = try open(folder.path + "/v")
    let boxes = try #require(data.boxes)
    #expect(data.classNames == ["cat", "dog"] && data.count == 2)
    #expect(boxes.map(\.classIndex) == [1, 0] && boxes.map(\.isDifficult) == [false, true])
    #expect(boxes[0].pixels == [1.5, 2, 6.5, 4] && corners(boxes.first, first))
    // The same beside the images.
    try images(folder, in: "w/")
    try folder.write(Array(Self.voc.utf8), to: "w/a.xml")
    #expect(try open(folder.path + "/w").boxes == boxes)
  }

  @Test func yoloFolder() throws {
    let folder = try #require(folder)
    try images(folder, in: "y/images/")
    try folder.write(Array(Self.yolo.utf8), to: "y/labels/a.txt")
    try folder.write(Array("cat\ndog\n".utf8), to: "y/classes.txt")
    let data = try open(folder.path + "/y")
    let boxes = try #require(data.boxes)
    #expect(data.classNames == ["cat", "dog"] && boxes.map(\.classIndex) == [1, 0])
    #expect(corners(boxes.first, first) && boxes[0].pixels == nil)
    #expect(data.notes.contains { $0.hasPrefix("1 of 2 images have no label file") })
    try folder.write(Array(Self.yolo.utf8), to: "y/labels/b.txt")
    #expect(try !open(folder.path + "/y").notes.contains { $0.contains("no label file") })
    // Labels of other images.
    try images(folder, in: "z/images/")
    try folder.write(Array(Self.yolo.utf8), to: "z/labels/other.txt")
    expectError("labels", "such as a.txt") { _ = try open(folder.path + "/z") }
    // Captions beside images are no boxes.
    try images(folder, in: "c/")
    try folder.write(Array("a cell at the left edge".utf8), to: "c/a.txt")
    #expect(try open(folder.path + "/c").boxes == nil)
  }

  @Test func resizedImagesKeepTheirOwnPixels() throws {
    let folder = try #require(folder)
    try images(folder)
    try folder.write(Array(Self.coco.utf8), to: "boxes.json")
    try folder.write(
      Array("boxes: boxes.json\ninput: {resize: [18, 26], crop: [12, 20]}\n".utf8), to: "d.yaml")
    let frame = try #require(try open(folder.path + "/d.yaml").frame(of: 0))
    // Twice as large, then 3 pixels cut off at each side: 1.5 of the image's own.
    #expect(frame.pixels([0, 0, 1, 1]) == [1.5, 1.5, 10, 6])
  }

  @Test func wrongLabelsAreNamed() throws {
    let folder = try #require(folder)
    try images(folder, in: "i/")
    func coco(_ from: String, _ to: String, _ parts: String...) throws {
      let text = Self.coco.replacingOccurrences(of: from, with: to)
      let path = try folder.write(Array(text.utf8), to: "i/x.json")
      do {
        _ = try open(path)
        Issue.record("no error for \(to)")
      } catch let error as EngineError {
        for part in parts { #expect(error.description.contains(part), "\(error)") }
        #expect(error.remedy != nil)
      }
    }
    try coco("\"bbox\": [1.5", "\"bbox\": [", "broken JSON")
    try coco("[1.5, 2, 6.5, 4]", "[1.5, 2, 6.5]", "annotation 0", "bbox")
    try coco("[1.5, 2, 6.5, 4]", "[1.5, 2, -6.5, 4]", "annotation 0", "bbox")
    try coco(
      "\"image_id\": 3, \"category_id\": 9", "\"image_id\": 4, \"category_id\": 9", "image 4")
    try coco("\"category_id\": 9", "\"category_id\": 8", "category 8")
    try coco("\"file_name\": \"a.png\"", "\"name\": \"a.png\"", "file_name")
    try coco("\"id\": 3", "\"id\": 7", "image 7", "twice")
    func voc(_ from: String, _ to: String, _ parts: String...) throws {
      let text = Self.voc.replacingOccurrences(of: from, with: to)
      try folder.write(Array(text.utf8), to: "i/a.xml")
      do {
        _ = try open(folder.path + "/i")
        Issue.record("no error for \(to)")
      } catch let error as EngineError {
        for part in parts { #expect(error.description.contains(part), "\(error)") }
      }
    }
    try voc("</annotation>", "", "'annotation' does not end")
    try voc("</bndbox>", "</box>", "closes no element")
    try voc("<xmin>1.5</xmin>", "<xmin>left</xmin>", "object 1", "'left'")
    try voc("<xmax>8</xmax>", "", "object 1", "xmax")
    try voc("<xmax>8</xmax>", "<xmax>1</xmax>", "ends before")
    try voc("<name>cat</name>", "<name>&boom;</name>", "entity 'boom'")
    try voc("<!-- made by hand -->", "<!-- made by hand", "does not end")
    try FileManager.default.removeItem(atPath: folder.path + "/i/a.xml")
    for (text, part) in [
      ("0 0.5 0.5 1", "instead of 5"), ("-1 0.5 0.5 1 1", "class"), ("0 0.5 nan 1 1", "'nan'"),
      ("0 0.5 0.5 -1 1", "negative"), ("0 0.5 400 1 1", "'400'"),
    ] {
      try folder.write(Array("1 0.5 0.5 1 1\n\(text)\n".utf8), to: "i/a.txt")
      expectError("line 2", part) { _ = try open(folder.path + "/i") }
    }
  }

  @Test func damagedLabelsNeverCrash() throws {
    let folder = try #require(folder)
    try images(folder)
    var mutator = ByteMutator(seed: 5)
    var errors = 0
    for (name, text) in [("x.json", Self.coco), ("a.xml", Self.voc), ("a.txt", Self.yolo)] {
      for _ in 0..<400 {
        let path = try folder.write(mutator.mutate(Array(text.utf8)), to: name)
        do {
          _ = try open(name == "x.json" ? path : folder.path)
        } catch let error as EngineError {
          errors += 1
          #expect(error.remedy != nil, "\(error)")
        }
      }
      try FileManager.default.removeItem(atPath: folder.path + "/" + name)
    }
    #expect(errors > 400)
  }
}
