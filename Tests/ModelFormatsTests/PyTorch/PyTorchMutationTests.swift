import ModelFormats
import Tensors
import TestSupport
import Testing

/// 10,000 damaged `.pth` files: each gives tensors or an ``EngineError``.
///
/// Damages are in the whole file and, under right checksums, in the pickle of the zip form.
@Suite(.serialized) struct PyTorchMutationTests {
  private static let seed = MutationTests.seed

  private static func touch(_ file: PyTorchFile) {
    var sum: UInt64 = 0
    for tensor in file.tensors.values {
      tensor.withBytes { for byte in $0 { sum &+= UInt64(byte) } }
    }
    withExtendedLifetime(sum) {}
  }

  private func run(_ count: Int, _ stream: UInt64, _ seeds: [[UInt8]], _ wrap: ([UInt8]) -> [UInt8])
  {
    var random = SeededGenerator(seed: Self.seed &* 1000 &+ stream)
    var (read, refused, named) = (0, 0, 0)
    for index in 0..<count {
      let bytes = wrap(Mutation.apply(to: seeds, using: &random))
      do {
        Self.touch(try PyTorchReader.read(bytes: bytes))
        read += 1
      } catch {
        #expect(!error.problem.isEmpty, "mutation \(index)")
        refused += 1
        if error.subject?.contains("global '") == true { named += 1 }
      }
    }
    print("mutated .pth: stream \(stream), \(read) read, \(refused) refused, \(named) by global")
    #expect(read + refused == count)
    #expect(refused > count / 10 && read > 0, "mutations are all alike")
  }

  @Test func damagedZipFiles() {
    let pickle = PickleText.stateDict().bytes
    run(2500, 11, [PickleText.zipFile(pickle)]) { $0 }
  }

  @Test func damagedPicklesInZipFiles() {
    run(4000, 12, [PickleText.stateDict().bytes], PickleText.zipFile)
  }

  @Test func damagedOldFiles() {
    run(3500, 13, [PickleText.legacyFile(PickleText.stateDict(legacy: true).bytes)]) { $0 }
  }
}
