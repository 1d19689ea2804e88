import Foundation
import OrderedCollections
import Tensors

/// Reads compressed-tensors files back into floats: what the package's `decompress` computes.
///
/// Only modules that `config.json` names one by one are decoded; other tensors are as they are.
public struct CompressedTensorsReader {
  /// The `config.json` that belongs to a weight file: it lies beside it.
  public static func configPath(for path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "config.json" : folder + "/config.json"
  }

  /// Opens the file at `path` with the `config.json` beside it.
  ///
  /// - Returns: The tensors, decoded, with the bytes of both files; and the form.
  /// - Throws: ``EngineError`` when either can't be read or they do not fit each other.
  public static func read(
    path: String
  ) throws(EngineError) -> (file: SafetensorsFile, format: CompressedTensorsConfig.Format) {
    let file = try SafetensorsReader.read(path: path)
    let configPath = configPath(for: path)
    let content = TensorStorage(file: try MappedFile(path: configPath))
    let config: CompressedTensorsConfig
    do throws(EngineError) {
      config = try content.withCheckedBytes { bytes throws(EngineError) in
        try CompressedTensorsConfig(json: try JSONParser.parse(bytes, 0..<bytes.count))
      }
    } catch {
      throw error.inFile(configPath)
    }
    var tensors = file.tensors
    for group in config.groups {
      for module in group.targets {
        do throws(EngineError) {
          tensors["\(module).weight"] =
            if let scheme = group.scheme {
              try quantized(module, scheme, config.format, file.tensors)
            } else {
              try sparse(module, file.tensors)
            }
        } catch {
          throw error.about("module '\(module)'").inFile(path)
        }
      }
    }
    return (
      SafetensorsFile(
        tensors: tensors, metadata: file.metadata,
        fileBytes: file.fileBytes + content.byteCount), config.format
    )
  }

  private static func misfit(_ problem: String) -> EngineError {
    EngineError(
      .malformedFile, problem: problem,
      remedy: "Keep the config.json that was written with the file beside it")
  }

  private static func sparse(
    _ module: String, _ tensors: OrderedDictionary<String, Tensor>
  ) throws(EngineError) -> Tensor {
    guard let shape = tensors["\(module).shape"]?.integers,
      let values = tensors["\(module).compressed"], let bits = tensors["\(module).bitmask"],
      let count = ShapeArithmetic.elementCount(shape, of: .float32), count <= 8 * bits.byteCount
    else { throw misfit("lacks shape, compressed or bitmask") }
    return try SparseBitmask.weights(shape: shape, compressed: values, bitmask: bits)
  }

  private static func quantized(
    _ module: String, _ scheme: CompressedTensorsScheme, _ format: CompressedTensorsConfig.Format,
    _ tensors: OrderedDictionary<String, Tensor>
  ) throws(EngineError) -> Tensor {
    guard let scales = tensors["\(module).weight_scale"] else { throw misfit("lacks its scales") }
    let shape: [Int]
    let codes: [Float]
    if format == .packQuantized {
      guard let stored = tensors["\(module).weight_shape"]?.integers, stored.count == 2,
        let packed = tensors["\(module).weight_packed"], packed.type == .int32,
        [4, 8].contains(scheme.bits),
        let count = ShapeArithmetic.elementCount(stored, of: .float32),
        count <= packed.count * 8
      else { throw misfit("lacks packed weights of 4 or 8 bits, or their shape") }
      shape = stored
      let middle = 1 << (scheme.bits - 1)
      codes = PackedCodes.unpack(
        packed, bits: scheme.bits, rows: shape[0], columns: shape[1]
      ).map { Float(Int($0) - middle) }
    } else {
      guard let weight = tensors["\(module).weight"], weight.rank == 2 else {
        throw misfit("lacks its weight")
      }
      shape = weight.shape
      codes = weight.floats
    }
    let zeros = try zeroPoints(module, scheme, format, tensors, scales, rows: shape[0])
    let values = scales.floats
    let perRow =
      switch scheme.strategy {
      case .tensor: 0
      case .channel: 1
      case .group(let size): size > 0 ? shape[1] / size : 0
      }
    let runLength = max(shape[1] / max(perRow, 1), 1)
    guard values.count == max(shape[0] * perRow, 1), zeros.isEmpty || zeros.count == values.count,
      shape[1] % max(perRow, 1) == 0
    else { throw misfit("has \(values.count) scales for shape \(shape)") }
    return Tensor.building(shape, of: Float.self) { target in
      for index in codes.indices {
        let place =
          perRow == 0 ? 0 : index / shape[1] * perRow + index % shape[1] / runLength
        target[index] = (codes[index] - (zeros.isEmpty ? 0 : zeros[place])) * values[place]
      }
    }
  }

  /// The zero points in the order of the scales; empty for symmetric codes.
  private static func zeroPoints(
    _ module: String, _ scheme: CompressedTensorsScheme, _ format: CompressedTensorsConfig.Format,
    _ tensors: OrderedDictionary<String, Tensor>, _ scales: Tensor, rows: Int
  ) throws(EngineError) -> [Float] {
    guard !scheme.isSymmetric else { return [] }
    guard let stored = tensors["\(module).weight_zero_point"] else {
      throw misfit("lacks its zero points")
    }
    guard format == .packQuantized, scheme.strategy != .tensor else { return stored.floats }
    guard stored.type == .int32, stored.rank == 2, scales.count == rows * stored.shape[1] else {
      throw misfit("has zero points that fit no scales")
    }
    // Packed along the rows: each column is a row of words.
    let (words, groups) = (stored.shape[0], stored.shape[1])
    let values = stored.array(of: Int32.self)
    var turned = [Int32](repeating: 0, count: values.count)
    for word in 0..<words {
      for group in 0..<groups { turned[group * words + word] = values[word * groups + group] }
    }
    let codes = PackedCodes.unpack(
      Tensor([groups, words], turned), bits: scheme.bits, rows: groups, columns: rows)
    let middle = 1 << (scheme.bits - 1)
    return (0..<(rows * groups)).map { index in
      Float(Int(codes[index % groups * rows + index / groups]) - middle)
    }
  }
}
