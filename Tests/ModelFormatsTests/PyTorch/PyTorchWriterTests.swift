import Foundation
import ModelFormats
import Tensors
import TestSupport
import Testing

/// State dictionaries written here, loaded by PyTorch.
@Suite struct PyTorchWriterTests {
  private static func samples() -> PyTorchStateDict {
    var state = PyTorchStateDict()
    for (name, tensor) in SafetensorsTests.samples { state.entries[name] = .tensor(tensor) }
    state.entries["fp8"] = .tensor(
      Tensor([3], [0x38, 0x40, 0x01] as [UInt8]).reinterpreted(as: .float8e4m3fn))
    state.entries["u16"] = .tensor(Tensor([2], [1, 65535] as [UInt16]))
    let codes = Tensor([2, 3], [1, -2, 3, -127, 5, 0] as [Int8])
    state.addDynamicLinear(
      "net.fc",
      weight: PyTorchQuantized(codes: codes, scales: Tensor([2], [0.1, 0.3] as [Float]), axis: 0),
      bias: Tensor([2], [0.5, -0.5] as [Float]))
    state.addDynamicLinear(
      "net.out",
      weight: PyTorchQuantized(codes: codes, scales: Tensor(scalar: Float(0.7)), axis: nil),
      bias: nil)
    return state
  }

  @Test func comesBackAsItWas() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.pth")
    let state = Self.samples()
    let size = try PyTorchWriter.write(state, to: path)
    let bytes = try contents(path)
    #expect(size == bytes.count)
    #expect(try PyTorchWriter.byteCount(state) == size)
    try PyTorchWriter.write(state, to: folder.file("b.pth"))
    #expect(try contents(folder.file("b.pth")) == bytes, "not deterministic")
    let file = try PyTorchReader.read(path: path)
    for (name, tensor) in SafetensorsTests.samples {
      let read = try #require(file.tensors[name])
      #expect(read.type == tensor.type && read.shape == tensor.shape)
      #expect(read.doubles == tensor.doubles)
    }
    #expect(file.tensors["net.fc.weight"]?.floats == [0.1, -0.2, 0.3, -127 * 0.3, 1.5, 0])
    #expect(file.tensors["net.out.weight"]?.shape == [2, 3])
    #expect(file.tensors["net.fc.bias"]?.floats == [0.5, -0.5])
    #expect(file.tensors["net.out.bias"] == nil)
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges: files not loaded by PyTorch"))
  func loadsInPyTorch() throws {
    let script = """
      import sys, warnings, zipfile, torch
      from safetensors.torch import load_file
      warnings.simplefilter('ignore')
      path, plain = sys.argv[1:]
      assert zipfile.ZipFile(path).testzip() is None
      for info in zipfile.ZipFile(path).infolist():
          with open(path, 'rb') as f:
              f.seek(info.header_offset + 26)
              name, extra = (int.from_bytes(f.read(2), 'little') for _ in range(2))
          assert (info.header_offset + 30 + name + extra) % 64 == 0, info.filename
      expected = load_file(plain)
      for options in [{}, {'mmap': True}]:
          state = torch.load(path, weights_only=True, **options)
          for name, tensor in expected.items():
              assert state[name].dtype == tensor.dtype and state[name].shape == tensor.shape, name
              assert torch.equal(state[name], tensor), name
          assert state['u16'].tolist() == [1, 65535] and state['u16'].dtype == torch.uint16
          assert state['fp8'].float().tolist() == [1.0, 2.0, 2 ** -9], state['fp8']
      net = torch.nn.Module()
      net.fc = torch.ao.nn.quantized.dynamic.Linear(3, 2)
      net.out = torch.ao.nn.quantized.dynamic.Linear(3, 2, bias_=False)
      top = torch.nn.Module()
      top.net = net
      mine = torch.load(path, weights_only=True)
      for key in [k for k in mine if not k.startswith('net.')]: del mine[key]
      result = top.load_state_dict(mine)
      assert not result.missing_keys and not result.unexpected_keys, result
      q = net.fc.weight()
      assert q.int_repr().tolist() == [[1, -2, 3], [-127, 5, 0]]
      assert torch.equal(q.q_per_channel_scales(), torch.tensor([0.1, 0.3]).double())
      assert torch.equal(net.fc.bias(), torch.tensor([0.5, -0.5]))
      assert net.out.weight().q_scale() == torch.tensor(0.7).item() and net.out.bias() is None
      assert net.fc.version == 4
      net.fc(torch.randn(4, 3))
      print('loaded')
      """
    let folder = try TemporaryFolder()
    try PyTorchWriter.write(Self.samples(), to: folder.file("a.pth"))
    try SafetensorsWriter.write(
      tensors: SafetensorsTests.samples, to: folder.file("a.safetensors"))
    let output = try Judge.run(script, [folder.file("a.pth"), folder.file("a.safetensors")])
    #expect(output?.contains("loaded") == true)
  }

  /// More entries than 16 bits count: the 64-bit records of the archive.
  @Test(.enabled(if: Judge.isInstalled, "no judges: large archives not loaded by PyTorch"))
  func manyTensors() throws {
    var state = PyTorchStateDict()
    let tensor = Tensor([1], [1] as [UInt8])
    for index in 0..<66_000 { state.entries["t\(index)"] = .tensor(tensor) }
    let folder = try TemporaryFolder()
    let size = try PyTorchWriter.write(state, to: folder.file("a.pth"))
    #expect(try PyTorchWriter.byteCount(state) == size)
    let script = """
      import sys, zipfile
      archive = zipfile.ZipFile(sys.argv[1])
      print(len(archive.namelist()), archive.read('archive/data/65999'))
      """
    #expect(try Judge.run(script, [folder.file("a.pth")])?.hasPrefix("66005 ") == true)
    #expect(try PyTorchReader.read(path: folder.file("a.pth")).tensors.count == 66_000)
  }

  @Test func stringsAreRefused() throws {
    var state = PyTorchStateDict()
    state.entries["s"] = .tensor(Tensor([1], strings: ["a"]))
    let error = #expect(throws: EngineError.self) { try PyTorchWriter.byteCount(state) }
    #expect(error?.code == .unsupported && error?.subject == "tensor 's'")
  }
}
