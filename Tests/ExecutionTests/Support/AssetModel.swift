import Foundation
import ModelFormats
import NetworkGraph
import Tensors
import TestSupport
import Testing

/// A real model among the shared assets, with inputs for it.
struct AssetModel: Sendable, CustomTestStringConvertible {
  let path: String
  /// Where the inputs come from: an .npz of images or tokens, or nil for random numbers.
  var data: String?
  var mean: [Float] = [0]
  var deviation: [Float] = [1]
  /// Shape of one random sample.
  var shape: [Int] = []
  /// Samples in a batch.
  var batch = 4

  var testDescription: String { path }

  static let resnet20 = AssetModel(
    path: "cifar10/resnet20.onnx", data: "cifar10/cifar10_test1000.npz",
    mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
  static let resnet20Folded = AssetModel(
    path: "cifar10/resnet20_bnfolded.onnx", data: "cifar10/cifar10_test1000.npz",
    mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])
  static let fashion = AssetModel(
    path: "tiny/fashion_resnet8.onnx", data: "tiny/fashion_mnist_test10000.npz", mean: [0.286],
    deviation: [0.353])
  static let bccd = AssetModel(
    path: "detection/bccd/bccd_centernet.onnx", data: "detection/bccd/bccd_test72_160x128.npz",
    mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25])
  static let ultraface = AssetModel(
    path: "detection/ultraface/version-RFB-320.onnx",
    data: "detection/ultraface/ultraface_unlabelled_320x240.npz",
    mean: [0.498, 0.498, 0.498], deviation: [0.502, 0.502, 0.502], batch: 1)
  static let minilm = AssetModel(
    path: "text/minilm_l6_v2_vocab_trimmed.onnx", data: "text/stsb_en_test_tokens48.npz")

  static let all: [AssetModel] = [
    resnet20, resnet20Folded,
    AssetModel(
      path: "cifar10/resnet32.onnx", data: "cifar10/cifar10_test1000.npz",
      mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225]),
    AssetModel(
      path: "tiny/digits_cnn.onnx", data: "tiny/digits8x8_test500.npz", mean: [0.3],
      deviation: [0.38], batch: 7),
    AssetModel(
      path: "tiny/mnist_lenet5.onnx", data: "tiny/mnist5k_test1000.npz", mean: [0.1307],
      deviation: [0.3081]),
    fashion, bccd,
    AssetModel(
      path: "detection/fashion_scenes/fashion_det_bnfolded.onnx",
      data: "detection/fashion_scenes/fashion_scenes_test200_96.npz", mean: [0.286],
      deviation: [0.353]),
    ultraface, minilm,
    AssetModel(path: "other/ch_ppocr_mobile_v2.0_cls_infer.onnx", shape: [3, 48, 192], batch: 2),
  ]

  /// The model.
  func graph() throws -> NetworkGraph { try ONNXReader.read(path: file()).graph }

  /// The path of the model's file.
  func file() throws -> String {
    try #require(SharedAssets.path(path), "the asset \(path) exists")
  }

  /// A batch of samples from `start` on.
  func inputs(for graph: NetworkGraph, start: Int = 0, count: Int? = nil) throws -> [String: Tensor]
  {
    let count = count ?? batch
    let name = try #require(graph.runtimeInputs.first).name
    guard let data else {
      var generator = SeededGenerator(seed: 5)
      let values = (0..<(count * shape.reduce(1, *))).map { _ in
        Float.random(in: -1...1, using: &generator)
      }
      return [name: Tensor([count] + shape, values)]
    }
    let arrays = try NPZFile.read(path: #require(SharedAssets.path(data)))
    if let images = arrays["images"] {
      return [name: normalized(images, start, count)]
    }
    var inputs: [String: Tensor] = [:]
    for info in graph.runtimeInputs {
      let tokens = try #require(arrays[info.name.contains("mask") ? "mask_a" : "ids_a"])
      let length = tokens.shape[1]
      let values = tokens.integers[(start * length)..<((start + count) * length)]
      inputs[info.name] = Tensor([count, length], values.map { Int64($0) })
    }
    return inputs
  }

  private func normalized(_ images: Tensor, _ start: Int, _ count: Int) -> Tensor {
    let shape = [count] + images.shape.dropFirst()
    let (channels, plane) = (shape[1], shape[2] * shape[3])
    let size = channels * plane
    let values = images.withElements(of: UInt8.self) { pixels in
      (0..<(count * size)).map { index in
        let channel = index / plane % channels
        return (Float(pixels[start * size + index]) / 255 - mean[channel]) / deviation[channel]
      }
    }
    return Tensor(shape, values)
  }
}
