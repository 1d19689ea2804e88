import Evaluation
import Foundation
import ModelCompression
import Tensors
import TestSupport
import Testing

/// Every format of every model: the previewed bytes are those of the files, and the files are what was
/// previewed, zeros and all.
@Suite(.serialized) struct ExportBytesTests {
  /// The models, weight files too.
  static let paths: [String] =
    TestModels.all
    + [
      "cifar10/resnet20-12fca82f.th", "tiny/digits_cnn.pth", "tiny/mnist_lenet5.safetensors",
    ].compactMap { SharedAssets.path($0) }

  @Test(arguments: paths) func previewedBytesAreFileBytes(path: String) async throws {
    let model = try OpenedModel(path: path)
    let engine = try PreviewEngine(model: model, data: nil, threads: 2)
    let plan = CompressionPlan.mixed(for: model)
    let previewed = try engine.sizes.sizes(of: plan).summary.formats
    let compressed = try await engine.compress(plan)
    let counted = try engine.size(of: compressed).formats
    let exporter = ModelExporter(model: model, compressed: compressed)
    let folder = try TemporaryFolder()
    #expect(model.graph == nil || Set(previewed.keys) == Set(ExportFormat.allCases.map(\.rawValue)))
    for format in ModelExporter.formats(for: model) {
      let file = folder.path("model.\(format.fileExtension)")
      let bytes = try exporter.write(format, to: file)
      var onDisk = 0
      for path in [file] + format.companions(of: file) {
        onDisk += try #require(
          try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
      }
      let about = Comment("\(model.name) \(format.rawValue)")
      #expect(bytes == onDisk, about)
      #expect(previewed[format.rawValue] == onDisk, about)
      #expect(counted[format.rawValue] == onDisk, about)
      // Fifty megabytes a time would take minutes in a debug build.
      if model.fileBytes < 4 << 20 {
        let proof = try ExportVerification(path: file, model: model, compressed: compressed)
        #expect(proof.isProven, about)
        #expect(proof.layers > 0 && proof.exactLayers == proof.layers, about)
        #expect(proof.zerosKept == proof.zeros && proof.zeros > 0, about)
      }
      for path in [file] + format.companions(of: file) {
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }

  @Test func formatsByNameAndEnding() throws {
    for format in ExportFormat.allCases {
      #expect(try ExportFormat.choose(name: format.rawValue, path: "x") == format)
      #expect(!format.summary.isEmpty)
    }
    #expect(try ExportFormat.choose(name: nil, path: "a.pt") == .pth)
    #expect(ExportFormat.compressedPack.companions(of: "/a/b.safetensors") == ["/a/config.json"])
    let error = #expect(throws: EngineError.self) {
      try ExportFormat.choose(name: nil, path: "a.bin")
    }
    #expect(error?.remedy?.contains("ct-pack") == true)
  }

  @Test func noticesNameWhatStaysFloat() async throws {
    let path = try #require(TestModels.samples.first { $0.contains("simple-cnn") })
    let model = try OpenedModel(path: path)
    let engine = try PreviewEngine(model: model, data: nil, threads: 1)
    var plan = CompressionPlan()
    plan.defaults.weights = .set(WeightQuantization(bits: 8))
    let compressed = try await engine.compress(plan)
    let exporter = ModelExporter(model: model, compressed: compressed)
    #expect(exporter.notices(.pthInt8).first?.hasPrefix("conv1 and 1 more stay at 32-bit") == true)
    #expect(exporter.notices(.pth).isEmpty)
  }
}
