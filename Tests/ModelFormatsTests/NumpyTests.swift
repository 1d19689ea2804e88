import Foundation
import ModelFormats
import OrderedCollections
import Tensors
import TestSupport
import Testing

/// `.npy` and `.npz` files, both ways, with NumPy as the judge.
@Suite struct NumpyTests {
  static let samples: OrderedDictionary<String, Tensor> = [
    "f2": Tensor([2], [1.5, -2] as [Float16]),
    "f4": Tensor([2, 3], [1, 2, 3, 4, 5, 6] as [Float]),
    "f8": Tensor(scalar: 0.1),
    "i1": Tensor([1], [-1] as [Int8]),
    "i2": Tensor([1], [-2] as [Int16]),
    "i4": Tensor([1], [-3] as [Int32]),
    "i8": Tensor([1, 1], [-4] as [Int64]),
    "u1": Tensor([1], [1] as [UInt8]),
    "u2": Tensor([1], [2] as [UInt16]),
    "u4": Tensor([1], [3] as [UInt32]),
    "u8": Tensor([1], [4] as [UInt64]),
    "b1": Tensor([2], [true, false]),
    "empty": Tensor([0, 2], [] as [Float]),
    "long": Tensor.filled([300, 500], with: Float(7)),
  ]

  @Test func archivesComeBackAsTheyWere() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("a.npz")
    try NPZFile.write(Self.samples, to: path)
    let read = try NPZFile.read(path: path)
    #expect(Array(read.keys) == Array(Self.samples.keys))
    for (name, tensor) in Self.samples {
      #expect(read[name]?.type == tensor.type, "\(name)")
      #expect(read[name]?.shape == tensor.shape, "\(name)")
      #expect(read[name]?.doubles == tensor.doubles, "\(name)")
    }
    #expect(try contents(path).count < 10_000, "not compressed")
    let first = try contents(path)
    try NPZFile.write(Self.samples, to: path)
    #expect(try contents(path) == first, "not reproducible")
    #expect(try folder.names == ["a.npz"])
  }

  @Test func arraysComeBackAsTheyWere() throws {
    for (name, tensor) in Self.samples {
      let bytes = try NPYCoding.encode(tensor)
      #expect((bytes.count - tensor.byteCount) % 64 == 0)
      let read = try NPYCoding.decode(bytes)
      #expect(read.type == tensor.type, "\(name)")
      #expect(read.shape == tensor.shape, "\(name)")
      #expect(read.doubles == tensor.doubles, "\(name)")
    }
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func numpyReadsOurs() throws {
    let folder = try TemporaryFolder()
    try NPZFile.write(Self.samples, to: folder.file("a.npz"))
    let script = """
      import sys, numpy as np
      a = np.load(sys.argv[1])
      for n in a.files:
          if n[0] in 'fiub' and n[1:].isdigit(): assert a[n].dtype == np.dtype(n), n
      assert a['f4'].tolist() == [[1, 2, 3], [4, 5, 6]]
      assert a['f8'].shape == () and a['f8'] == 0.1
      assert a['b1'].tolist() == [True, False]
      assert a['empty'].shape == (0, 2)
      assert (a['long'] == 7).all() and a['long'].shape == (300, 500)
      """
    #expect(try Judge.run(script, [folder.file("a.npz")]) != nil)
  }

  @Test(.enabled(if: Judge.isInstalled, "no judges"), arguments: ["savez", "savez_compressed"])
  func oursReadsNumpys(function: String) throws {
    let folder = try TemporaryFolder()
    let script = """
      import sys, numpy as np
      a = np.arange(24).reshape(2, 3, 4)
      np.\(function)(sys.argv[1], f=np.asfortranarray(a.astype('f4')), s=a[:, ::2, 1],
        u=np.array(['cat', 'hünd']), b=np.array([b'x', b'yz']), c=np.array([1+2j], 'c8'),
        t=np.array([[True], [False]]), z=np.zeros((0, 3), order='F'), d=np.array(3.5))
      with open(sys.argv[2], 'wb') as f:
        np.lib.format.write_array(f, a.astype('i2'), version=(3, 0))
      """
    try #require(
      try Judge.run(script, [folder.file("a.npz"), folder.file("a.npy")]) != nil)
    let read = try NPZFile.read(path: folder.file("a.npz"))
    #expect(read["f"]?.floats == (0..<24).map { Float($0) })
    #expect(read["f"]?.shape == [2, 3, 4])
    #expect(read["s"]?.doubles == [1, 9, 13, 21])
    #expect(read["u"]?.strings == ["cat", "hünd"])
    #expect(read["b"]?.strings == ["x", "yz"])
    #expect(read["c"]?.type == .complex64)
    #expect(read["t"]?.array(of: Bool.self) == [true, false])
    #expect(read["z"]?.shape == [0, 3])
    #expect(read["d"]?.doubles == [3.5])
    let single = try NPYCoding.read(path: folder.file("a.npy"))
    #expect(single.type == .int16)
    #expect(single.shape == [2, 3, 4])
    #expect(single.storage.isMapped)
  }

  @Test func assetsOpen() throws {
    guard let path = SharedAssets.path("tiny/digits8x8_test500.npz") else { return }
    let read = try NPZFile.read(path: path)
    #expect(read["images"]?.shape == [500, 1, 8, 8])
    #expect(read["images"]?.type == .uint8)
    #expect(read["labels"]?.type == .int64)
  }

  private static func npy(_ header: String, _ data: [UInt8] = [], version: UInt8 = 1) -> [UInt8] {
    let length = UInt8(header.utf8.count)
    let lengths: [UInt8] = version == 1 ? [length, 0] : [length, 0, 0, 0]
    return [0x93] + Array("NUMPY".utf8) + [version, 0] + lengths + Array(header.utf8) + data
  }

  @Test(arguments: [
    ("{'descr': '>f4', 'fortran_order': False, 'shape': (1,)}", "is big-endian"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "pickles, which are never run"),
    ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}", "structured"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "where its shape needs 8"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}", "no tuple of lengths"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4)}",
      "impossible shape"
    ),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "no tuple of lengths"
    ),
    ("{'descr': '<f4', 'fortran_order': False}", "lacks descr, shape or fortran_order"),
    ("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,)}", "as fortran_order"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1", "header where ')' belongs"),
    ("import os", "header where '{' belongs"),
  ])
  func saysWhatIsWrong(header: String, says: String) throws {
    for version in [1, 2, 3] as [UInt8] {
      let error = try #require(throws: EngineError.self) {
        try NPYCoding.decode(Self.npy(header, [0, 0, 0, 0], version: version))
      }
      #expect(error.description.contains(says), "\(error)")
      #expect(error.remedy != nil)
    }
  }

  @Test func unknownVersionAndNoArray() throws {
    let header = "{'descr': '<f4', 'fortran_order': False, 'shape': ()}"
    let error = try #require(throws: EngineError.self) {
      try NPYCoding.decode(Self.npy(header, [], version: 9))
    }
    #expect(error.code == .unsupported)
    for bytes in [[], [1, 2, 3], [UInt8](repeating: 7, count: 80)] as [[UInt8]] {
      #expect(throws: EngineError.self) { try NPYCoding.decode(bytes) }
      let error = try #require(throws: EngineError.self) { try NPZFile.read(bytes: bytes) }
      #expect(error.description.contains("is not an .npz archive"))
    }
  }

  /// Archives by Python's own writer, with a directory changed afterwards.
  @Test(.enabled(if: Judge.isInstalled, "no judges"))
  func hostileArchives() throws {
    let folder = try TemporaryFolder()
    let script = """
      import sys, io, struct, zipfile, numpy as np
      def archive(name, entries, change=None, method=zipfile.ZIP_DEFLATED):
          b = io.BytesIO()
          with zipfile.ZipFile(b, 'w', method) as z:
              for n, d in entries: z.writestr(n, d)
          b = bytearray(b.getvalue())
          if change: change(b)
          open(sys.argv[1] + '/' + name, 'wb').write(b)
      def npy(a):
          b = io.BytesIO(); np.save(b, a); return b.getvalue()
      def size(value):
          def change(b):
              c = b.index(b'PK\\x01\\x02')
              b[c + 24:c + 28] = struct.pack('<I', value)
              b[22:26] = struct.pack('<I', value)
          return change
      def flip(b): b[150] ^= 0xFF
      a = npy(np.arange(100))
      archive('bomb.npz', [('a.npy', a)], size(0xFFFFFFF0))
      archive('short.npz', [('a.npy', a)], size(200))
      archive('checksum.npz', [('a.npy', a)], flip, zipfile.ZIP_STORED)
      archive('twice.npz', [('a.npy', a), ('a.npy', a)])
      archive('none.npz', [('a.txt', b'text')])
      open(sys.argv[1] + '/cut.npz', 'wb').write(open(sys.argv[1] + '/none.npz', 'rb').read()[:60])
      """
    try #require(try Judge.run(script, [folder.path]) != nil)
    for (name, says) in [
      ("bomb", "claims to unfold"), ("short", "has 72 bytes of data"), ("checksum", "checksum"),
      ("twice", "occurs twice"), ("none", "holds no .npy arrays"), ("cut", "zip archive"),
    ] {
      let path = folder.file(name + ".npz")
      let error = try #require(throws: EngineError.self) { try NPZFile.read(path: path) }
      #expect(error.description.contains(says), "\(error)")
      #expect(error.path == path)
    }
  }

  @Test func typesThatNumpyLacksAreRefused() throws {
    let folder = try TemporaryFolder()
    let error = try #require(throws: EngineError.self) {
      try NPZFile.write(
        ["a": Tensor([1], [BFloat16(1)])], to: folder.file("a.npz"))
    }
    #expect(error.code == .unsupported)
    #expect(error.subject == "array 'a'")
    #expect(try folder.names.isEmpty)
  }
}
