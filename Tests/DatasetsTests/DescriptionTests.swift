import Datasets
import Foundation
import Tensors
import TestSupport
import Testing

/// Reading of data descriptions: what they say, and where they are wrong.
@Suite struct DescriptionTests {
  let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(idx([2, 2, 3], Array(0..<12)), to: "some-images-idx3-ubyte")
    try folder.write(idx([2], [1, 0]), to: "some-labels-idx1-ubyte")
  }

  static let wrong: [(text: String, parts: [String])] = [
    ("data: x\ntasks: detection\n", ["line 2, column 1", "unknown key 'tasks'", "Known keys"]),
    ("input:\n  scale: 255\n  sclae: 1\n", ["line 3, column 3", "unknown key 'sclae'", "'input'"]),
    ("input: {scale: 0}", ["line 1, column 16", "'scale'", "positive"]),
    ("input: {scale: abc}", ["line 1, column 16", "'abc'"]),
    ("input: {scale: nan}", ["'scale'"]),
    ("input: {mean: [0.5, inf, 0.5]}", ["line 1, column 21", "'mean'"]),
    ("input: {std: [0.5, 0]}", ["'std'", "positive"]),
    ("input: {std: []}", ["'std' is empty"]),
    ("input: {order: RBG}", ["'RBG'", "gray, RGB, BGR"]),
    ("input: {layout: CHW}", ["NCHW, NHWC"]),
    ("input: {resize: -3}", ["'resize' is '-3'"]),
    ("input: {crop: [1, 2, 3]}", ["'crop' has 3 numbers"]),
    ("input: 5", ["'input' has to be a mapping"]),
    ("classes: 10", ["'classes' has to be a list"]),
    ("classes: [[a]]", ["line 1, column 11", "'classes'"]),
    ("task: dance", ["'dance'", "classification, detection, similarity, segmentation"]),
    ("task: [a", ["line"]),
    ("- a\n- b\n", ["mapping"]),
    ("", ["mapping"]),
    ("data: a\ndata: b\n", ["can't be read as YAML"]),
    ("{[a, b]: c}", ["unknown key"]),
    (String(repeating: "[", count: 100_000), ["nested too deeply"]),
    (String(repeating: "- ", count: 100_000), ["nested too deeply"]),
  ]

  @Test(arguments: wrong.indices)
  func errorsNameThePlace(index: Int) throws {
    let path = try folder.write(Self.wrong[index].text, to: "some.yaml")
    do {
      _ = try EvaluationData.open(path: path, limit: nil)
      Issue.record("no error for \(Self.wrong[index].text.prefix(80))")
    } catch {
      for part in Self.wrong[index].parts + ["some.yaml"] {
        #expect(error.description.contains(part), "\(error)")
      }
    }
  }

  @Test func dataMustBeThere() throws {
    let none = try folder.write("task: classification", to: "none.yaml")
    expectError("does not say where the data are") {
      _ = try EvaluationData.open(path: none, limit: nil)
    }
    let lost = try folder.write("data: lost.npz", to: "lost.yaml")
    expectError("lost.npz", "not there") { _ = try EvaluationData.open(path: lost, limit: nil) }
    // A description that names itself must not be followed in circles.
    let own = try folder.write("data: own.yaml", to: "own.yaml")
    expectError("own.yaml") { _ = try EvaluationData.open(path: own, limit: nil) }
  }

  @Test func saysEverything() throws {
    let path = try folder.write(
      """
      data: some-images-idx3-ubyte
      task: classification
      input: {layout: NCHW, order: gray, scale: 2, mean: [1], std: [4], resize: 2, crop: [2, 2]}
      classes: [left, "2"]
      """, to: "about.yaml")
    let data = try EvaluationData.open(path: path, limit: nil)
    #expect(data.name == "some-images-idx3-ubyte")
    #expect(data.descriptionPath == path)
    #expect(data.classNames == ["left", "2"])
    #expect(data.labels == [1, 0])
    #expect(data.notes.isEmpty)
    let found = try batch(data, [1])
    #expect(found.shape == [1, 1, 2, 2])
    // The crop of (2, 3) to (2, 2) starts at round(0.5) = 0, halves to even.
    let expected: [Float] = [6, 7, 9, 10].map { ($0 / 2 - 1) / 4 }
    #expect(found.array(of: Float.self) == expected)
  }

  @Test func withoutOneMeanAndStdAreUnknown() throws {
    let path = folder.path + "/some-images-idx3-ubyte"
    let data = try EvaluationData.open(path: path, limit: nil)
    #expect(data.notes == ["mean and std are unknown: pixels are only divided by 255"])
    let expected: [Float] = (0..<6).map { Float($0) / 255 }
    #expect(try batch(data, [0]).array(of: Float.self) == expected)
  }

  @Test func foundBesideUnlessAboutOthers() throws {
    let path = folder.path + "/some-images-idx3-ubyte"
    try folder.write("data: other.npz", to: "some-images-idx3-ubyte.yaml")
    let other = try EvaluationData.open(path: path, limit: nil)
    #expect(other.descriptionPath == nil)
    #expect(other.notes.contains { $0.contains("describes 'other.npz'") })
    try folder.write("weightbench: 1\n", to: "some-images-idx3-ubyte.yaml")
    let plan = try EvaluationData.open(path: path, limit: nil)
    #expect(plan.notes.contains { $0.contains("is a plan") })
    try folder.write("classes: [a, b]", to: "some-images-idx3-ubyte.yml")
    let beside = try EvaluationData.open(path: path, limit: nil)
    #expect(beside.classNames == ["a", "b"])
  }

  @Test func numbersHaveToFitTheChannels() throws {
    let name = "some-images-idx3-ubyte.yaml"
    let path = folder.path + "/some-images-idx3-ubyte"
    try folder.write("input: {mean: [0.1, 0.2, 0.3]}", to: name)
    expectError(name, "'mean' has 3 numbers", "1 channels") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
    try folder.write("input: {order: RGB}", to: name)
    expectError(name, "'order' is RGB", "order: gray") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
    try folder.write("classes: [only]", to: name)
    expectError("label 0", "class 1", "the class names are 1 classes") {
      _ = try EvaluationData.open(path: path, limit: nil)
    }
  }

  @Test func everyRealDescriptionIsRead() throws {
    guard let assets = SharedAssets.folder else { return }
    let names = try #require(FileManager.default.enumerator(atPath: assets.path))
    var seen = 0
    for case let name as String in names where name.hasSuffix(".yaml") {
      let data = try EvaluationData.open(path: assets.path + "/" + name, limit: 8)
      #expect(data.count == 8, "\(name)")
      #expect(data.notes.isEmpty, "\(name): \(data.notes)")
      #expect(data.classNames?.isEmpty == false, "\(name)")
      seen += 1
    }
    #expect(seen >= 10)
  }
}
