import Foundation

/// The models that tests run over: those of the repository always, the shared ones when present.
public enum TestModels {
  /// Paths of the sample models in the repository.
  public static let samples: [String] = ["simple-cnn/simple-cnn", "fashion-resnet/fashion-resnet"]
    .map { SharedAssets.root.appending(path: "sample-models/\($0).onnx").path }
    .filter { FileManager.default.fileExists(atPath: $0) }

  /// Paths of all models, the large ones too.
  public static let all: [String] =
    samples
    + [
      "cifar10/resnet20.onnx", "cifar10/resnet20_bnfolded.onnx", "cifar10/resnet32.onnx",
      "tiny/digits_cnn.onnx", "tiny/mnist_lenet5.onnx", "tiny/fashion_resnet8.onnx",
      "detection/bccd/bccd_centernet.onnx", "detection/fashion_scenes/fashion_det.onnx",
      "detection/ultraface/version-RFB-320.onnx", "text/minilm_l6_v2_vocab_trimmed.onnx",
      "other/ch_ppocr_mobile_v2.0_cls_infer.onnx",
    ].compactMap { SharedAssets.path($0) }
}

/// A folder that is removed when the last reference to it goes.
public final class TemporaryFolder: Sendable {
  /// The folder.
  public let url: URL

  /// Makes an empty folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: url) }

  /// The path of a file in it.
  public func path(_ name: String) -> String { url.appending(path: name).path }
}
