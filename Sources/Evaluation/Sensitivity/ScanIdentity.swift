import Datasets
import ModelCompression
import ModelFormats
import Tensors

/// What a scan measures, in a form that two runs can be compared by: the same identity gives the same
/// table.
public struct ScanIdentity: Sendable, Hashable, Codable {
  /// SHA-256 of the model file.
  public var model: String
  /// Whether batch normalization was folded, as the number of nodes that were.
  public var foldedBatchNorms: Int
  /// SHA-256 of the labels and of the inputs of the first, middle and last batch.
  public var data: String
  /// SHA-256 of the order and the batches of the images.
  public var order: String
  /// Number of images.
  public var images: Int
  /// The layers by name.
  public var layers: [String]
  /// The settings by name.
  public var settings: [String]
  /// `alone` or `all-but`.
  public var direction: String
  /// `exact`, `settled` or `draft`.
  public var precision: String
  /// Whether cells end when they are decided.
  public var stopsEarly: Bool
  /// The part that was measured, as `2/4`; nil for all.
  public var shard: String?

  /// The identity of a scan.
  init(work: ScanWork, batches: ScanBatches) throws(EngineError) {
    model = try work.model.sha256()
    foldedBatchNorms = work.model.foldedBatchNorms
    (data, order) = (try Self.digest(of: batches), Self.digest(of: batches.indices))
    images = batches.samples
    layers = work.rows.map { work.model.layers[$0].name }
    settings = work.scan.settings.map(\.scanName)
    direction = work.scan.direction.rawValue
    precision = work.scan.precision.rawValue
    stopsEarly = work.scan.stopsEarly
    shard = work.scan.shard.map { "\($0.index + 1)/\($0.count)" }
  }

  /// The identity of the scan that this one is a part of.
  var whole: ScanIdentity {
    var copy = self
    copy.shard = nil
    return copy
  }

  /// In words, the first thing that differs from another scan; nil when nothing does.
  func difference(from other: ScanIdentity) -> String? {
    let checks: [(String, Bool)] = [
      ("another model", model != other.model),
      ("batch normalization folded differently", foldedBatchNorms != other.foldedBatchNorms),
      ("\(other.images) images instead of \(images)", images != other.images),
      ("other data", data != other.data),
      ("another order of images (--seed)", order != other.order),
      ("other layers", layers != other.layers),
      ("the settings \(other.settings.joined(separator: " "))", settings != other.settings),
      ("the direction \(other.direction)", direction != other.direction),
      ("the precision \(other.precision)", precision != other.precision),
      (other.stopsEarly ? "--early-stop" : "no --early-stop", stopsEarly != other.stopsEarly),
      ("shard \(other.shard ?? "1/1")", shard != other.shard),
    ]
    return checks.first { $0.1 }?.0
  }

  private static func digest(of batches: ScanBatches) throws(EngineError) -> String {
    var hash = SHA256()
    if let labels = batches.data.labels {
      labels.withUnsafeBytes { hash.update($0) }
    }
    for batch in Set([0, batches.count / 2, batches.count - 1]).sorted()
    where batches.indices.indices.contains(batch) {
      let tensors = try batches.tensors(batch)
      for name in tensors.keys.sorted() {
        tensors[name]?.withBytes { hash.update($0) }
      }
    }
    return hash.hexDigest()
  }

  private static func digest(of indices: [[Int]]) -> String {
    var hash = SHA256()
    for batch in indices {
      ([batch.count] + batch).withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }
}
