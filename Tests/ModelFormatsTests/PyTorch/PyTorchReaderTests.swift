import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// `.pth` files of PyTorch itself, read back number by number.
@Suite struct PyTorchReaderTests {
  private static let both = [PickleText.zipFile, PickleText.legacyFile]

  @Test(arguments: [false, true]) func viewsOfSharedStorages(isLegacy: Bool) throws {
    let pickle = PickleText.stateDict(legacy: isLegacy).bytes
    let bytes = isLegacy ? PickleText.legacyFile(pickle) : PickleText.zipFile(pickle)
    let file = try PyTorchReader.read(bytes: bytes)
    #expect(Array(file.tensors.keys) == ["fc.weight", "fc.turned", "fc.bias"])
    #expect(file.fileBytes == bytes.count)
    #expect(file.tensors["fc.weight"]?.floats == (0..<12).map { Float($0) })
    #expect(file.tensors["fc.turned"]?.shape == [4, 3])
    #expect(file.tensors["fc.turned"]?.floats == [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11])
    #expect(file.tensors["fc.bias"]?.floats == [101, 102, 103])
  }

  /// Everything that PyTorch writes, in every protocol and both forms, beside what safetensors keeps of
  /// it.
  private static let script = """
    import sys, torch
    from collections import OrderedDict
    from safetensors.torch import save_file
    torch.manual_seed(5)
    folder = sys.argv[1]
    base = torch.randn(6, 5, 4)
    plain = OrderedDict([
        ('a.weight', torch.randn(4, 3)), ('a.turned', torch.randn(4, 3).t()),
        ('a.part', base[1:5, ::2, 1:3]), ('a.permuted', base.permute(2, 0, 1)),
        ('a.shared', base[3]), ('a.expanded', torch.tensor([1.5, 2.5]).expand(3, 2)),
        ('half', torch.randn(5).half()), ('brain', torch.randn(5).bfloat16()),
        ('double', torch.randn(2, 2).double()), ('long', torch.tensor([1, -2, 2**40])),
        ('int', torch.tensor([1, -2], dtype=torch.int32)),
        ('short', torch.tensor([1, -2], dtype=torch.int16)),
        ('char', torch.tensor([1, -2], dtype=torch.int8)),
        ('byte', torch.tensor([1, 255], dtype=torch.uint8)),
        ('bool', torch.tensor([True, False])), ('scalar', torch.tensor(7)),
        ('empty', torch.zeros(0, 3)), ('parameter', torch.nn.Parameter(torch.randn(3))),
        ('one', torch.randn(1, 4, 1)),
    ])
    new = dict(plain)
    new['uint16'] = torch.tensor([1, 65535], dtype=torch.uint16)
    new['fp8'] = torch.randn(6).to(torch.float8_e4m3fn)
    files = {}
    for protocol in range(2, 6):
        files[f'zip{protocol}'] = (plain, dict(pickle_protocol=protocol))
        files[f'old{protocol}'] = (
            plain, dict(pickle_protocol=protocol, _use_new_zipfile_serialization=False))
    files['new'] = (new, {})
    net = torch.nn.DataParallel(torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.randn(2, 3)).sum().backward()
    optimizer.step()
    files['nested'] = ({'epoch': 3, 'best': 0.5, 'args': {'lr': 0.1, 'names': ['x', None, True]},
                        'state_dict': net.state_dict(), 'optimizer': optimizer.state_dict()}, {})
    files['deep'] = ({'model': {'state_dict': net.state_dict()}, 'time': (1, 2)}, {})
    for name, (content, options) in files.items():
        torch.save(content, f'{folder}/{name}.pth', **options)
        state = net.module.state_dict() if name in ('nested', 'deep') else content
        save_file({k: v.detach().clone().contiguous() for k, v in state.items()},
                  f'{folder}/{name}.safetensors')
    print(' '.join(files))
    """

  @Test(.enabled(if: Judge.isInstalled, "no judges: PyTorch's files not read"))
  func filesOfPyTorch() throws {
    let folder = try TemporaryFolder()
    let names = try #require(try Judge.run(Self.script, [folder.path]))
    for name in names.split(whereSeparator: \.isWhitespace).filter({ !$0.contains("/") }) {
      let path = folder.file("\(name).pth")
      guard FileManager.default.fileExists(atPath: path) else { continue }
      let file = try PyTorchReader.read(path: path)
      let expected = try SafetensorsReader.read(path: folder.file("\(name).safetensors"))
      #expect(Set(file.tensors.keys) == Set(expected.tensors.keys), "\(name)")
      for (key, tensor) in expected.tensors {
        let read = try #require(file.tensors[key], "\(name) \(key)")
        #expect(read.type == tensor.type && read.shape == tensor.shape, "\(name) \(key)")
        #expect(
          read.withBytes { Array($0) } == tensor.withBytes { Array($0) }, "\(name) \(key)")
      }
      if name == "nested" { #expect(file.location == ["state_dict"]) }
      if name == "deep" { #expect(file.location == ["model", "state_dict"]) }
    }
    #expect(names.contains("zip2 old2"))
  }

  /// Masks and quantized modules as PyTorch itself saves them.
  @Test(.enabled(if: Judge.isInstalled, "no judges: PyTorch's modules not read"))
  func modulesOfPyTorch() throws {
    let script = """
      import sys, warnings, torch
      from safetensors.torch import save_file
      import torch.nn.utils.prune as prune
      warnings.simplefilter('ignore')
      torch.manual_seed(6)
      folder = sys.argv[1]
      net = torch.nn.Sequential(torch.nn.Conv2d(2, 4, 3), torch.nn.Linear(5, 3))
      prune.l1_unstructured(net[0], 'weight', amount=0.5)
      torch.save(net.state_dict(), folder + '/masked.pth')
      save_file({'0.weight': net[0].weight.detach().clone(), '0.bias': net[0].bias.detach(),
                 '1.weight': net[1].weight.detach(), '1.bias': net[1].bias.detach()},
                folder + '/masked.safetensors')
      expected = {}
      state = {}
      for name, scheme in [('tensor', torch.per_tensor_affine), ('channel', torch.per_channel_affine)]:
          w = torch.randn(4, 6)
          q = (torch.quantize_per_tensor(w, 0.02, 0, torch.qint8) if name == 'tensor' else
               torch.quantize_per_channel(w, torch.rand(4).double() * 0.05 + 0.01,
                                          torch.zeros(4).long(), 0, torch.qint8))
          state[name] = q
          expected[name] = q.dequantize()
      shifted = torch.quantize_per_tensor(torch.randn(3, 5), 1 / 64, 5, torch.quint8)
      state['shifted'], expected['shifted'] = shifted, shifted.dequantize()
      m = torch.ao.nn.quantized.dynamic.Linear(6, 4)
      m.set_weight_bias(state['tensor'], torch.randn(4))
      for key, value in m.state_dict().items(): state['fc.' + key] = value
      expected['fc.weight'] = m.weight().dequantize()
      expected['fc.bias'] = m.bias().detach()
      expected['fc.scale'] = torch.tensor(1.0)
      expected['fc.zero_point'] = torch.tensor(0)
      torch.save(state, folder + '/quantized.pth')
      save_file({k: v.clone() for k, v in expected.items()}, folder + '/quantized.safetensors')
      """
    let folder = try TemporaryFolder()
    try #require(try Judge.run(script, [folder.path]) != nil)
    for name in ["masked", "quantized"] {
      let file = try PyTorchReader.read(path: folder.file("\(name).pth"))
      let expected = try SafetensorsReader.read(path: folder.file("\(name).safetensors"))
      #expect(Set(file.tensors.keys) == Set(expected.tensors.keys))
      for (key, tensor) in expected.tensors {
        // Equal as numbers: PyTorch's masks leave negative zeros. Where zero points are not 0, its
        // vector code may round once less; with a scale of 1/64 nothing is rounded.
        #expect(file.tensors[key]?.doubles == tensor.doubles, "\(name) \(key)")
      }
      #expect(file.maskedNames == (name == "masked" ? ["0.weight"] : []))
      #expect(
        Set(file.codes.keys)
          == (name == "masked" ? [] : ["tensor", "channel", "shifted", "fc.weight"]))
    }
  }

  @Test func assetsOpen() throws {
    guard let old = SharedAssets.path("cifar10/resnet20-12fca82f.th"),
      let plain = SharedAssets.path("cifar10/resnet20.safetensors")
    else { return }
    let file = try PyTorchReader.read(path: old)
    #expect(file.location == ["state_dict"])
    let expected = try SafetensorsReader.read(path: plain)
    var compared = 0
    for (name, tensor) in expected.tensors {
      guard let read = file.tensors[name] else { continue }
      #expect(read.doubles == tensor.doubles, "\(name)")
      compared += 1
    }
    #expect(compared > 90)
    for name in ["digits_cnn", "fashion_resnet8", "mnist_lenet5"] {
      let file = try PyTorchReader.read(path: try #require(SharedAssets.path("tiny/\(name).pth")))
      let expected = try SafetensorsReader.read(
        path: try #require(SharedAssets.path("tiny/\(name).safetensors")))
      for (key, tensor) in expected.tensors {
        #expect(file.tensors[key]?.doubles == tensor.doubles, "\(name) \(key)")
      }
    }
  }
}
