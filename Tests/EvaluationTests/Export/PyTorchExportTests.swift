import Datasets
import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// Exported state dictionaries in PyTorch's own modules: weights bit for bit, predictions as previewed.
@Suite(
  .serialized, .enabled(if: JudgePython.isAvailable, "no judges: exports not loaded by PyTorch"))
struct PyTorchExportTests {
  /// The article's network, and what its three files become in PyTorch.
  private static let simpleCNN = """
    import sys, copy, warnings, numpy as np, torch, torch.nn as nn
    import torch.nn.utils.prune as prune
    from safetensors.torch import load_file
    warnings.simplefilter('ignore')
    folder, data = sys.argv[1:]
    class SimpleCNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 16, 3, padding=1)
            self.conv2 = nn.Conv2d(16, 32, 3, padding=1)
            self.fc = nn.Linear(1568, 10)
        def forward(self, x):
            x = torch.max_pool2d(torch.relu(self.conv1(x)), 2)
            x = torch.max_pool2d(torch.relu(self.conv2(x)), 2)
            return self.fc(x.flatten(1))
    pixels = torch.from_numpy(np.load(data)['images'][:500].astype(np.float32)) / 255
    mean, std = [float(v) for v in open(folder + '/normal.txt').read().split()]
    x = (pixels.reshape(-1, 1, 28, 28) - mean) / std
    preview = torch.tensor([int(v) for v in open(folder + '/best.txt').read().split()])
    weights = load_file(folder + '/previewed.safetensors')

    plain = SimpleCNN()
    plain.load_state_dict(torch.load(folder + '/pth.pth', weights_only=True))
    for name, value in plain.state_dict().items(): assert torch.equal(value, weights[name]), name
    assert torch.equal(plain(x).argmax(1), preview)

    masked = SimpleCNN()
    for module in (masked.conv1, masked.conv2): prune.identity(module, 'weight')
    masked.load_state_dict(torch.load(folder + '/pth-mask.pth', weights_only=True))
    assert torch.equal(masked(x).argmax(1), preview)
    for module, name in ((masked.conv1, 'conv1'), (masked.conv2, 'conv2')):
        assert set(module.weight_mask.unique().tolist()) == {0.0, 1.0}
        assert (module.weight_orig != 0).sum() > (module.weight_mask != 0).sum()
        prune.remove(module, 'weight')
        assert torch.equal(module.weight, weights[name + '.weight']), name

    dynamic = torch.ao.quantization.quantize_dynamic(
        SimpleCNN(), {nn.Linear}, dtype=torch.qint8)
    dynamic.load_state_dict(torch.load(folder + '/pth-int8.pth', weights_only=True))
    q = dynamic.fc.weight()
    assert q.dtype == torch.qint8 and torch.equal(q.dequantize(), weights['fc.weight'])
    assert torch.equal(dynamic.fc.bias(), weights['fc.bias'])
    agreement = (dynamic(x).argmax(1) == preview).float().mean().item()
    assert agreement >= 0.99, agreement
    print('agreement', agreement)
    """

  @Test(arguments: [WeightQuantization.Granularity.channel, .tensor])
  func simpleCNN(granularity: WeightQuantization.Granularity) async throws {
    let path = try #require(TestModels.samples.first { $0.contains("simple-cnn") })
    let folder = try TemporaryFolder()
    let data = SharedAssets.root.appending(path: "sample-models/fashion-mnist").path
    let model = try OpenedModel(path: path)
    let samples = try EvaluationData.open(path: data + "/fashion-mnist-test2000.yaml", limit: nil)
    let engine = try PreviewEngine(model: model, data: samples, threads: 2)
    var plan = CompressionPlan()
    plan.defaults.weights = .set(WeightQuantization(bits: 8, granularity: granularity))
    for name in ["conv1", "conv2"] {
      plan.set(
        LayerSetting(
          prune: PruneSetting(amount: 0.5),
          weights: WeightQuantization(bits: 6, granularity: granularity)), forLayer: name)
    }
    let compressed = try await engine.compress(plan)
    let exporter = ModelExporter(model: model, compressed: compressed)
    for format in [ExportFormat.pth, .pthMask, .pthInt8] {
      _ = try exporter.write(format, to: folder.path("\(format.rawValue).pth"))
    }
    _ = try exporter.write(.safetensors, to: folder.path("previewed.safetensors"))
    let outputs = try await engine.outputs(of: compressed)
    // In the order of the file.
    var best = [Int?](repeating: nil, count: outputs.count)
    for (output, index) in zip(outputs, samples.previewOrder(seed: 0)) { best[index] = output.best }
    try best.prefix(500).map { "\($0 ?? -1)" }.joined(separator: " ")
      .write(toFile: folder.path("best.txt"), atomically: true, encoding: .utf8)
    let input = try String(contentsOfFile: data + "/fashion-mnist-test2000.yaml", encoding: .utf8)
    let numbers = ["mean", "std"].map { key in
      input.split(separator: "\(key): [").last?.prefix { $0 != "]" } ?? ""
    }
    try numbers.joined(separator: " ")
      .write(toFile: folder.path("normal.txt"), atomically: true, encoding: .utf8)
    let output = try JudgePython.run(
      Self.simpleCNN,
      arguments: [folder.url.path, data + "/fashion-mnist-test2000.npz"])
    #expect(output.contains("agreement"))
    print("dynamic qint8, \(granularity): \(output)")
  }

  /// ResNet-20 with its batch normalizations kept: every key of the original file, no other.
  @Test func resNetKeys() async throws {
    guard let path = SharedAssets.path("cifar10/resnet20.onnx"),
      let original = SharedAssets.path("cifar10/resnet20-12fca82f.th")
    else { return }
    let model = try OpenedModel(path: path, keepBatchNorm: true)
    let engine = try PreviewEngine(model: model, data: nil, threads: 2)
    let folder = try TemporaryFolder()
    let exporter = ModelExporter(
      model: model, compressed: try await engine.compress(CompressionPlan()))
    _ = try exporter.write(.pth, to: folder.path("a.pth"))
    let script = """
      import sys, torch
      mine = torch.load(sys.argv[1], weights_only=True)
      theirs = torch.load(sys.argv[2], map_location='cpu', weights_only=True)['state_dict']
      theirs = {k[len('module.'):]: v for k, v in theirs.items()}
      assert set(mine) == {k for k in theirs if not k.endswith('num_batches_tracked')}, set(mine) ^ set(theirs)
      assert all(torch.equal(v, theirs[k].cpu()) for k, v in mine.items())
      print('equal', len(mine))
      """
    let output = try JudgePython.run(script, arguments: [folder.path("a.pth"), original])
    #expect(output.hasPrefix("equal"))
  }

  /// A network of linear layers: all of them load into `torch.ao.nn.quantized.dynamic` with their
  /// biases, and compute what the previewed weights do, but for the rounding of activations.
  @Test func miniLM() async throws {
    guard let path = SharedAssets.path("text/minilm_l6_v2_vocab_trimmed.onnx") else { return }
    let script = """
      import sys, warnings, torch
      warnings.simplefilter('ignore')
      q = torch.load(sys.argv[1], weights_only=True)
      plain = torch.load(sys.argv[2], weights_only=True)
      suffix = '._packed_params._packed_params'
      modules = [k[:-len(suffix)] for k in q if k.endswith(suffix)]
      top = torch.nn.Module()
      for name in modules:
          parent = top
          *path, last = name.split('.')
          for part in path:
              if not hasattr(parent, part): setattr(parent, part, torch.nn.Module())
              parent = getattr(parent, part)
          weight = plain[name + '.weight']
          linear = torch.nn.Linear(weight.shape[1], weight.shape[0], bias=name + '.bias' in plain)
          setattr(parent, last, linear)
      dynamic = torch.ao.quantization.quantize_dynamic(top, {torch.nn.Linear}, dtype=torch.qint8)
      rest = {k for k in q if not any(k.startswith(m + '.') for m in modules)}
      assert rest == {k for k in plain if not any(k.startswith(m + '.') for m in modules)}
      assert all(torch.equal(q[k], plain[k]) for k in rest)
      for k in rest: del q[k]
      dynamic.load_state_dict(q)
      worst = 0
      for name in modules:
          m = dynamic.get_submodule(name)
          assert torch.equal(m.weight().dequantize(), plain[name + '.weight']), name
          assert m.bias() is None or torch.equal(m.bias(), plain[name + '.bias']), name
          x = torch.randn(16, plain[name + '.weight'].shape[1])
          y = torch.nn.functional.linear(x, plain[name + '.weight'], plain.get(name + '.bias'))
          worst = max(worst, ((m(x) - y).norm() / y.norm()).item())
      assert worst < 0.05, worst
      print(len(modules), 'modules', 'with biases',
            sum(dynamic.get_submodule(n).bias() is not None for n in modules), worst)
      """
    let model = try OpenedModel(path: path)
    let engine = try PreviewEngine(model: model, data: nil, threads: 2)
    var plan = CompressionPlan()
    plan.defaults.weights = .set(WeightQuantization(bits: 8))
    let folder = try TemporaryFolder()
    let exporter = ModelExporter(model: model, compressed: try await engine.compress(plan))
    for format in [ExportFormat.pth, .pthInt8] {
      _ = try exporter.write(format, to: folder.path("\(format.rawValue).pth"))
    }
    let output = try JudgePython.run(
      script, arguments: [folder.path("pth-int8.pth"), folder.path("pth.pth")])
    #expect(output.hasPrefix("36 modules with biases 36"), "\(output)")
  }
}
