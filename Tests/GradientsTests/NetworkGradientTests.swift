import Foundation
import Gradients
import ModelFormats
import Tensors
import TestSupport
import Testing

/// Gradients of all parameters of networks that PyTorch made and exported, against PyTorch's own
/// (`Tests/Judges/network_gradients.py`).
@Suite(.enabled(if: Torch.hasNetworks, "torchvision is not installed"))
struct NetworkGradientTests {
  @Test(arguments: [
    "detector", "encoder", "mobilenet_v3_small", "segmenter", "shufflenet_v2_x0_5", "vit",
  ])
  func ofAllParameters(_ network: String) throws {
    let folder = try TemporaryFolder()
    let (model, file) = (folder.path("network.onnx"), folder.path("torch.npz"))
    _ = try JudgePython.run(file: "network_gradients.py", arguments: [network, model, file])
    let comparison = try GradientComparison(model: model, torch: file)
    #expect(comparison.parameters > 15)
    #expect(comparison.lossDifference < 1e-4)
    #expect(comparison.largest.difference <= 1e-3, "\(comparison)")
    print("\(network), \(comparison)")
  }
}
