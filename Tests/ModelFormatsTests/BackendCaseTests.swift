import Foundation
import ModelFormats
import Tensors
import Testing

/// ONNX's own backend cases: every model opens, or names the one thing that is not supported.
@Suite struct BackendCaseTests {
  static let folder = "/usr/share/libonnx-testdata/data/node"
  static let isInstalled = FileManager.default.fileExists(atPath: folder)

  @Test(.enabled(if: isInstalled, "ONNX's backend cases are not installed"))
  func allModelsOpen() throws {
    var opened = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted() {
      let path = "\(Self.folder)/\(name)/model.onnx"
      guard FileManager.default.fileExists(atPath: path) else { continue }
      do throws(EngineError) {
        _ = try ONNXReader.read(path: path)
        opened += 1
      } catch {
        #expect(error.code == .unsupported, "\(name): \(error)")
      }
    }
    print("\(opened) backend models opened")
    #expect(opened > 900)
  }

  @Test(.enabled(if: isInstalled, "ONNX's backend cases are not installed"))
  func tensorsOfCasesAreRead() throws {
    var read = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: Self.folder).sorted()
    where !name.contains("sequence") && !name.contains("opt") && !name.contains("loop") {
      for file in ["input_0.pb", "output_0.pb"] {
        let path = "\(Self.folder)/\(name)/test_data_set_0/\(file)"
        guard FileManager.default.fileExists(atPath: path) else { continue }
        do throws(EngineError) {
          let tensor = try ONNXTensorFile.read(path: path).tensor
          #expect(
            tensor.type == .string || tensor.doubles.count == tensor.count
              || tensor.type == .complex64)
          read += 1
        } catch {
          #expect(error.code == .unsupported, "\(name): \(error)")
        }
      }
    }
    print("\(read) tensors of backend cases read")
    #expect(read > 1500)
  }
}
