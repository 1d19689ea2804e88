import Evaluation
import Foundation
import ModelCompression
import TestSupport
import Testing

/// compressed-tensors files, decompressed by the package itself: exactly the previewed floats.
@Suite(
  .serialized,
  .enabled(if: CompressedTensorsJudge.isInstalled, "no compressed-tensors: not decompressed"))
struct CompressedTensorsExportTests {
  /// A model of linear layers stored both ways, an embedding and a convolution.
  private static let model = """
    import sys, numpy as np, onnx
    from onnx import helper as h, numpy_helper as nh, TensorProto as T
    r = np.random.default_rng(3)
    def w(name, *shape): return nh.from_array(r.standard_normal(shape).astype(np.float32), name)
    init = [w('embed.weight', 50, 64), w('query.weight_T', 64, 96), w('query.bias', 96),
            w('key.weight', 128, 96), w('key.bias', 128), w('wide.weight', 36, 128),
            w('value.weight_T', 36, 64), w('last.weight', 30, 64), w('conv.weight', 8, 4, 3, 3)]
    nodes = [h.make_node('Gather', ['embed.weight', 'ids'], ['e']),
             h.make_node('MatMul', ['e', 'query.weight_T'], ['q0']),
             h.make_node('Add', ['q0', 'query.bias'], ['q']),
             h.make_node('Gemm', ['q', 'key.weight', 'key.bias'], ['k'], transB=1),
             h.make_node('Gemm', ['k', 'wide.weight'], ['d'], transB=1),
             h.make_node('MatMul', ['d', 'value.weight_T'], ['v']),
             h.make_node('Gemm', ['v', 'last.weight'], ['y'], transB=1),
             h.make_node('Conv', ['image', 'conv.weight'], ['z'])]
    graph = h.make_graph(nodes, 'g', [h.make_tensor_value_info('ids', T.INT64, ['N']),
      h.make_tensor_value_info('image', T.FLOAT, ['N', 4, 8, 8])],
      [h.make_tensor_value_info('y', T.FLOAT, ['N', 30]),
       h.make_tensor_value_info('z', T.FLOAT, ['N', 8, 6, 6])], init)
    onnx.save(h.make_model(graph, opset_imports=[h.make_opsetid('', 17)], ir_version=9), sys.argv[1])
    """

  private static let decompress = """
    import sys, json, torch
    from safetensors.torch import load_file
    from compressed_tensors.compressors.base import BaseCompressor
    from compressed_tensors.quantization import QuantizationConfig
    for folder in sys.argv[1:]:
        config = QuantizationConfig.model_validate(
            json.load(open(folder + '/config.json'))['quantization_config'])
        state = load_file(folder + '/model.safetensors')
        expected = torch.load(folder + '/expected.pth', weights_only=True)
        done = []
        for group in config.config_groups.values():
            compressor = BaseCompressor.get_value_from_registry(group.format)
            for module in group.targets:
                part = {k[len(module) + 1:]: state.pop(k) for k in list(state)
                        if k.startswith(module + '.') and k != module + '.bias'}
                weight = compressor.decompress(part, group)['weight']
                assert weight.dtype == torch.float32, module
                assert torch.equal(weight, expected.pop(module + '.weight')), module
                done.append(module)
        assert set(state) == set(expected), set(state) ^ set(expected)
        for name in state: assert torch.equal(state[name], expected[name]), name
        print(config.format, config.quantization_status.value, ' '.join(sorted(done)))
    """

  private func opened(_ folder: TemporaryFolder) throws -> OpenedModel {
    _ = try JudgePython.run(Self.model, arguments: [folder.path("m.onnx")])
    return try OpenedModel(path: folder.path("m.onnx"))
  }

  private func export(
    _ format: ExportFormat, _ model: OpenedModel, _ plan: CompressionPlan, _ folder: String
  ) async throws {
    let engine = try PreviewEngine(model: model, data: nil, threads: 1)
    let compressed = try await engine.compress(plan)
    let exporter = ModelExporter(model: model, compressed: compressed)
    _ = try exporter.write(.pth, to: folder + "/expected.pth")
    _ = try exporter.write(format, to: folder + "/model.safetensors")
    let proof = try ExportVerification(
      path: folder + "/model.safetensors", model: model, compressed: compressed)
    #expect(proof.isProven && proof.format == format)
  }

  @Test(arguments: [ExportFormat.compressedPack, .compressedInt])
  func quantized(format: ExportFormat) async throws {
    let folder = try TemporaryFolder()
    let model = try opened(folder)
    var cases: [(folder: String, granularity: WeightQuantization.Granularity)] = []
    for scheme in [WeightQuantization.Scheme.symmetric, .asymmetric] {
      for granularity in [WeightQuantization.Granularity.channel, .tensor, .group(32)] {
        for bits in [8, 4, 3] {
          var plan = CompressionPlan()
          plan.defaults.weights = .set(
            WeightQuantization(bits: bits, scheme: scheme, granularity: granularity))
          plan.defaults.prune = .set(PruneSetting(amount: 0.4))
          let path = folder.path("\(cases.count)")
          try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
          try await export(format, model, plan, path)
          cases.append((path, granularity))
        }
      }
    }
    let output = try JudgePython.run(Self.decompress, arguments: cases.map(\.folder))
    let lines = output.split(separator: "\n")
    #expect(lines.count == cases.count)
    for (line, entry) in zip(lines, cases) {
      // Groups of 32 do not divide rows of 36; convolutions stay floats.
      let modules = entry.granularity == .group(32) ? "query wide" : "query value wide"
      #expect(line.hasSuffix("-quantized compressed embed key last \(modules)"), "\(line)")
    }
  }

  @Test func smallFloats() async throws {
    let folder = try TemporaryFolder()
    let model = try opened(folder)
    var folders: [String] = []
    for granularity in [WeightQuantization.Granularity.channel, .tensor] {
      let scheme = try #require(WeightQuantization.Scheme(rawValue: "fp8-e4m3"))
      var plan = CompressionPlan()
      plan.defaults.weights = .set(
        WeightQuantization(bits: 8, scheme: scheme, granularity: granularity))
      plan.defaults.prune = .set(PruneSetting(amount: 0.4))
      let path = folder.path("\(folders.count)")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      try await export(.compressedFloat, model, plan, path)
      folders.append(path)
    }
    let output = try JudgePython.run(Self.decompress, arguments: folders)
    let line = "float-quantized compressed embed key last query value wide"
    #expect(output.split(separator: "\n") == [Substring(line), Substring(line)])
  }

  @Test(
    .enabled(
      if: CompressedTensorsJudge.hasSparse, "no compressed-tensors of before 0.15: sparse not tried"
    ), arguments: [ExportFormat.compressedBitmask, .compressed24])
  func sparse(format: ExportFormat) async throws {
    let script = """
      import sys, json, torch
      sys.path.insert(0, sys.argv[2])
      import compressed_tensors
      from compressed_tensors.compressors.base import BaseCompressor
      from compressed_tensors.config import SparsityCompressionConfig
      folder = sys.argv[1]
      config = json.load(open(folder + '/config.json'))['quantization_config']['sparsity_config']
      config = SparsityCompressionConfig.load_from_registry(config.pop('format'), **config)
      compressor = BaseCompressor.load_from_registry(config.format, config=config)
      expected = torch.load(folder + '/expected.pth', weights_only=True)
      found = 0
      for name, value in compressor.decompress(folder + '/model.safetensors'):
          assert torch.equal(value, expected.pop(name)), name
          found += 1
      assert not expected, set(expected)
      # Its own compressor gives the same bytes.
      from safetensors.torch import load_file
      mine = load_file(folder + '/model.safetensors')
      again = torch.load(folder + '/expected.pth', weights_only=True)
      theirs = compressor.compress({t + '.weight': again[t + '.weight'] for t in config.targets})
      for name, value in theirs.items():
          assert mine[name].dtype == value.dtype and torch.equal(mine[name], value), name
      print(compressed_tensors.__version__, found, len(config.targets), config.global_sparsity)
      """
    let folder = try TemporaryFolder()
    let model = try opened(folder)
    var plan = CompressionPlan()
    let isTwoOfFour = format == .compressed24
    plan.defaults.prune = .set(
      isTwoOfFour
        ? PruneSetting(amount: 0.5, pattern: .keep(2, of: 4)) : PruneSetting(amount: 0.75))
    plan.set(LayerSetting(), forLayer: "key")
    try await export(format, model, plan, folder.url.path)
    let output = try JudgePython.run(
      script, arguments: [folder.url.path, CompressedTensorsJudge.sparsePackage])
    // The convolution is no matrix: two of four leaves it dense.
    #expect(output.contains(isTwoOfFour ? " 9 5 0.5" : " 9 6 0.75"), "\(output)")
  }
}
