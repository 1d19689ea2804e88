import Foundation
import ModelFormats
import Tensors
import TestSupport
import Testing

/// Pickles that would run something, or take all memory: refused, by name where there is one.
@Suite struct PyTorchRefusalTests {
  private static let foreign = [
    ("os", "system"), ("posix", "system"), ("builtins", "eval"), ("__builtin__", "eval"),
    ("builtins", "getattr"), ("subprocess", "Popen"), ("torch.hub", "load"), ("torch", "load"),
    ("torch", "jit"), ("torch._utils", "_rebuild_wrapper_subclass"), ("collections", "Counter"),
    ("numpy.core.multiarray", "_reconstruct"), ("__main__", "Net"),
    ("torch.nn.modules.conv", "Conv2d"), ("__torch__", "Module"), ("torch", "os.system"),
  ]

  private func refusal(_ bytes: [UInt8]) -> EngineError? {
    do {
      _ = try PyTorchReader.read(bytes: bytes)
      return nil
    } catch { return error }
  }

  private func isNamed(_ error: EngineError?, _ module: String, _ name: String) -> Bool {
    guard let error, error.code == .unsupported else { return false }
    return error.description.contains("\(module).\(name)") && error.remedy != nil
  }

  /// Between any two opcodes of a good file, by every way to name something.
  @Test func foreignNamesAnywhere() {
    for isLegacy in [false, true] {
      let good = PickleText.stateDict(legacy: isLegacy)
      let wrap = isLegacy ? PickleText.legacyFile : PickleText.zipFile
      #expect(refusal(wrap(good.bytes)) == nil)
      for (module, name) in Self.foreign {
        for place in 1...good.pieces.count {
          var bad = good
          bad.pieces.insert(Array("c\(module)\n\(name)\n".utf8), at: place)
          #expect(
            isNamed(refusal(wrap(bad.bytes)), module, name), "\(module).\(name) at \(place)")
        }
      }
    }
  }

  @Test func everyWayToCall() {
    func short(_ text: String) -> [UInt8] { [0x8C, UInt8(text.utf8.count)] + Array(text.utf8) }
    for (module, name) in Self.foreign {
      let global = Array("c\(module)\n\(name)\n".utf8)
      let argument = short("touch /tmp/weightbench-was-run")
      let forms: [(String, [UInt8])] = [
        ("REDUCE", global + argument + [0x85] + Array("R".utf8)),
        ("INST", Array("(".utf8) + argument + Array("i\(module)\n\(name)\n".utf8)),
        ("OBJ", Array("(".utf8) + global + argument + Array("o".utf8)),
        ("NEWOBJ", global + argument + [0x85, 0x81]),
        ("NEWOBJ_EX", global + argument + [0x85] + Array("}".utf8) + [0x92]),
        ("STACK_GLOBAL", short(module) + short(name) + [0x93]),
        ("BUILD", global + Array("}b".utf8)),
      ]
      for (form, opcodes) in forms {
        let pickle: [UInt8] = [0x80, 4] + opcodes + Array(".".utf8)
        #expect(isNamed(refusal(PickleText.zipFile(pickle)), module, name), "\(form)")
        #expect(isNamed(refusal(PickleText.legacyFile(pickle)), module, name), "\(form)")
      }
    }
    for (code, argument) in [(0x82, [1]), (0x83, [1, 2]), (0x84, [1, 2, 3, 4])]
      as [(UInt8, [UInt8])]
    {
      let error = refusal(PickleText.zipFile([0x80, 2, code] + argument + Array(".".utf8)))
      #expect(error?.code == .unsupported && error?.message.contains("extension") == true)
    }
    #expect(!FileManager.default.fileExists(atPath: "/tmp/weightbench-was-run"))
  }

  /// What real exploits look like, written by Python's own pickler.
  @Test(.enabled(if: Judge.isInstalled, "no judges: Python's own exploits not tried"))
  func exploitsOfPython() throws {
    let script = """
      import sys, os, builtins, torch
      folder = sys.argv[1]
      class Run:
          def __init__(self, f, *a): self.f, self.a = f, a
          def __reduce__(self): return self.f, self.a
      target = folder + '/was-run'
      cases = {'posix.system': Run(os.system, 'touch ' + target),
               'builtins.eval': Run(eval, "open('%s', 'w')" % target),
               'builtins.exec': Run(exec, "open('%s', 'w')" % target),
               'torch.nn.modules.linear.Linear': torch.nn.Linear(2, 2)}
      for index, (name, value) in enumerate(cases.items()):
          for protocol in range(2, 6):
              for new in (True, False):
                  torch.save({'state_dict': {'w': torch.ones(2, 2), 'x': value}},
                             f'{folder}/{index}-{protocol}-{new}.pth', pickle_protocol=protocol,
                             _use_new_zipfile_serialization=new)
          print(name)
      """
    let folder = try TemporaryFolder()
    let output = try #require(try Judge.run(script, [folder.path]))
    let names = output.split(separator: "\n").filter { $0.contains(".") && !$0.contains(" ") }
    #expect(names.count == 4)
    for (index, name) in names.enumerated() {
      for form in ["True", "False"] {
        for number in 2...5 {
          let path = folder.file("\(index)-\(number)-\(form).pth")
          let error = #expect(throws: EngineError.self) { try PyTorchReader.read(path: path) }
          #expect(error?.code == .unsupported)
          // Protocol 2 names Python 2's modules.
          let shown = name.replacingOccurrences(
            of: "builtins", with: number == 2 ? "__builtin__" : "builtins")
          #expect(error?.message.contains(shown) == true, "\(error?.message ?? "")")
        }
      }
    }
    #expect(!FileManager.default.fileExists(atPath: folder.file("was-run")))
  }

  @Test func hostileSizes() {
    func file(_ body: (inout PickleText) -> Void) -> [UInt8] {
      var pickle = PickleText()
      pickle.op("}(")
      pickle.text("w")
      body(&pickle)
      pickle.op("u")
      return PickleText.zipFile(pickle.bytes)
    }
    // Beyond the storage, by shape, stride or offset.
    for (offset, shape, strides) in [
      (0, [13], [1]), (1, [12], [1]), (0, [3, 4], [5, 1]), (12, [1], [1]), (0, [2], [12]),
    ] as [(UInt8, [UInt8], [UInt8])] {
      let bytes = file {
        $0.tensor(key: "0", count: 12, offset: offset, shape: shape, strides: strides)
      }
      #expect(refusal(bytes)?.code == .malformedFile)
    }
    // A storage that is not there, or of another length.
    #expect(refusal(file { $0.tensor(key: "7", count: 1, shape: [1], strides: [1]) }) != nil)
    #expect(refusal(file { $0.tensor(key: "0", count: 13, shape: [1], strides: [1]) }) != nil)
    // 255^7 numbers out of one.
    let many = file {
      $0.tensor(
        key: "0", count: 12, shape: [UInt8](repeating: 255, count: 7),
        strides: [UInt8](repeating: 0, count: 7))
    }
    #expect(refusal(many)?.code == .malformedFile || refusal(many)?.code == .unsupported)
    // 255^4 numbers are countable, and still far too many.
    let expanded = file {
      $0.tensor(key: "0", count: 12, shape: [255, 255, 255, 255], strides: [0, 0, 0, 0])
    }
    #expect(refusal(expanded)?.code == .unsupported)
  }

  @Test func deepAndCyclicPickles() {
    // A million nested tuples; a list in itself; lists that double thirty times.
    let nested = [0x80, 2] + Array(")".utf8) + [UInt8](repeating: 0x85, count: 1_000_000)
    #expect(refusal(PickleText.zipFile(nested + Array(".".utf8)))?.code == .unsupported)
    let cyclic = [0x80, 2] + Array("]".utf8) + [0x71, 0, 0x68, 0] + Array("a.".utf8)
    #expect(refusal(PickleText.zipFile(cyclic))?.code == .unsupported)
    var cyclicDict = PickleText()
    cyclicDict.op("}")
    cyclicDict.op(0x71, [0])
    cyclicDict.text("self")
    cyclicDict.op(0x68, [0])
    cyclicDict.op("s")
    #expect(refusal(PickleText.zipFile(cyclicDict.bytes))?.code == .unsupported)
    var doubling: [UInt8] = [0x80, 2] + Array("]".utf8)
    for _ in 0..<30 {
      doubling +=
        [0x71, 0] + Array("]".utf8) + [0x68, 0] + Array("a".utf8) + [0x68, 0] + Array("a".utf8)
    }
    #expect(refusal(PickleText.zipFile(doubling + Array(".".utf8)))?.code == .unsupported)
  }

  @Test func otherFiles() {
    for bytes in [[], [0x80], Array("PK".utf8), Array("torch".utf8), StoredZip.bytes([("a", [1])])]
    {
      let error = refusal(bytes)
      #expect(error?.code == .malformedFile && error?.remedy != nil)
    }
    var lists = PickleText()
    lists.op("](")
    lists.int(1)
    lists.op("e")
    #expect(refusal(PickleText.zipFile(lists.bytes))?.problem == "holds no dictionary of tensors")
  }

  @Test func severalDictionaries() {
    var pickle = PickleText()
    pickle.op("}(")
    for name in ["encoder", "decoder"] {
      pickle.text(name)
      pickle.op("}(")
      pickle.text("w")
      pickle.tensor(key: "0", count: 12, shape: [12], strides: [1])
      pickle.op("u")
    }
    pickle.op("u")
    let error = refusal(PickleText.zipFile(pickle.bytes))
    #expect(error?.problem.contains("'encoder', 'decoder'") == true)
  }
}
