import Foundation
import Tensors

/// The binary version of CIFAR-10 and CIFAR-100: records of one or two label bytes and 3,072 pixels.
struct CIFARBatches {
  private static let cifar10 = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  private static let pixels = 3 * 32 * 32

  /// Reads the batches at `paths`, one after the other.
  static func load(_ paths: [String], limit: Int?) throws(EngineError) -> LoadedData {
    var sources: [ArrayPixels] = []
    var labels: [Int] = []
    var labelBytes = 1
    for path in paths where limit.map({ labels.count < $0 }) ?? true {
      let file = try MappedFile(path: path)
      labelBytes = try self.labelBytes(of: file)
      let record = labelBytes + pixels
      let count = min(file.byteCount / record, (limit ?? Int.max) - labels.count)
      let storage = TensorStorage(file: file)
      sources.append(
        ArrayPixels(
          storage: storage, offset: labelBytes, stride: record, count: count, channels: 3,
          height: 32, width: 32))
      let found = storage.withBytes { bytes in
        (0..<count).map { Int(bytes[$0 * record + labelBytes - 1]) }
      }
      let classes = labelBytes == 1 ? 10 : 100
      if let wrong = found.firstIndex(where: { $0 >= classes }) {
        throw EngineError(
          .malformedFile, path: path, byteOffset: wrong * record,
          problem: "label \(found[wrong]) in a file that looks like CIFAR-\(classes)",
          remedy: "Give a binary batch of CIFAR-10 or CIFAR-100")
      }
      labels += found
    }
    var data = LoadedData(count: labels.count, pixels: ConcatenatedPixels(sources))
    data.labels = labels
    data.classNames = classNames(beside: paths.first ?? "", labelBytes: labelBytes)
    return data
  }

  /// The batches of a folder: the test batch, or else the training batches in order.
  static func batches(among names: [String]) -> [String] {
    if let test = names.first(where: { $0 == "test_batch.bin" || $0 == "test.bin" }) {
      return [test]
    }
    let training = names.filter { $0.hasPrefix("data_batch_") && $0.hasSuffix(".bin") }.sorted()
    return training.isEmpty ? names.filter { $0 == "train.bin" } : training
  }

  private static func labelBytes(of file: MappedFile) throws(EngineError) -> Int {
    let fitting = [1, 2].filter { file.byteCount > 0 && file.byteCount % (pixels + $0) == 0 }
    if fitting.count == 2 {
      return ["train.bin", "test.bin"].contains(URL(filePath: file.path).lastPathComponent) ? 2 : 1
    }
    guard let bytes = fitting.first else {
      throw EngineError(
        .malformedFile, path: file.path,
        problem: "\(file.byteCount) bytes are no whole number of CIFAR records (3073 or 3074)",
        remedy: "Give a binary batch of CIFAR-10 or CIFAR-100")
    }
    return bytes
  }

  /// As the text file beside the batches says, or the well-known names.
  private static func classNames(beside path: String, labelBytes: Int) -> [String]? {
    let file = labelBytes == 1 ? "batches.meta.txt" : "fine_label_names.txt"
    let url = URL(filePath: path).deletingLastPathComponent().appending(path: file)
    if let text = try? String(contentsOf: url, encoding: .utf8) {
      let names = text.split(whereSeparator: \.isNewline).map(String.init)
      if names.count == (labelBytes == 1 ? 10 : 100) { return names }
    }
    return labelBytes == 1 ? cifar10 : nil
  }
}
