import Foundation
import Tensors
import Testing

/// Views, conversions and mapped bytes.
@Suite struct TensorTests {
  @Test func unalignedElementsAreRead() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: url) }
    var bytes: [UInt8] = [0xAA]
    for value in [1.5, -2, 3] as [Float] {
      withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes += $0 }
    }
    try Data(bytes).write(to: url)
    let storage = TensorStorage(file: try MappedFile(path: url.path))
    #expect(storage.isMapped)
    let tensor = Tensor(type: .float32, shape: [3], storage: storage, byteOffset: 1)
    #expect(tensor.array(of: Float.self) == [1.5, -2, 3])
    #expect(tensor.doubles == [1.5, -2, 3])
    #expect(tensor.reshaped([3, 1]).shape == [3, 1])
  }

  @Test func missingFilesAreNamed() throws {
    let error = try #require(throws: EngineError.self) { _ = try MappedFile(path: "/nowhere/x") }
    #expect(error.code == .missingFile)
    #expect(error.path == "/nowhere/x")
    let folder = try #require(throws: EngineError.self) { _ = try MappedFile(path: "/tmp") }
    #expect(folder.problem.contains("not a regular file"))
  }

  @Test func numbersConvert() {
    #expect(Tensor([2], [-1, 3] as [Int8]).reinterpreted(as: .int4).doubles == [-1, 3])
    #expect(Tensor([1], [0x38] as [UInt8]).reinterpreted(as: .float8e4m3fn).floats == [1])
    #expect(Tensor([1], [Int64.max]).integers == [Int.max])
    #expect(Tensor([2], [true, false]).integers == [1, 0])
    #expect(Tensor([2], [Float.nan, 2.9]).integers == [0, 2])
    #expect(Tensor([2], strings: ["a", "b"]).strings == ["a", "b"])
    #expect(Tensor([2], strings: ["a", "b"]).doubles.isEmpty)
    #expect(Tensor(scalar: Float16(0.5)).shape == [])
  }

  @Test func conversionsFollowC() {
    #expect(Int8.converting(300) == 44)
    #expect(Int8.converting(-1.9) == -1)
    #expect(UInt8.converting(-1) == 255)
    #expect(Int64.converting(1e300) == -1)
    #expect(Int32.converting(.nan) == 0)
    #expect(Float.converting(0.1) == 0.1)
    #expect(Bool.converting(0.5))
  }

  @Test func emptyTensorsAreTensors() {
    let empty = Tensor([0, 3], [] as [Float])
    #expect(empty.count == 0)
    #expect(empty.array(of: Float.self).isEmpty)
    #expect(Tensor.filled([2, 2], with: Int32(7)).integers == [7, 7, 7, 7])
  }
}
