import ModelCompression

/// What to export, where to, and how.
public struct ExportRequest: Sendable, Hashable {
  /// The file format.
  public var format: ExportChoice
  /// The folder, as typed; may begin with `~`.
  public var folder: String
  /// The file's name with its ending.
  public var fileName: String
  /// The name of the plan written beside it; nil for none.
  public var planFileName: String?
  /// Whether files that exist may be replaced.
  public var overwrites: Bool
  /// The plan to apply.
  public var plan: CompressionPlan
  /// The bytes the form promised; nil when they were not known yet.
  public var promisedBytes: Int?

  /// Makes a request.
  public init(
    format: ExportChoice, folder: String, fileName: String, planFileName: String?,
    overwrites: Bool, plan: CompressionPlan, promisedBytes: Int?
  ) {
    self.format = format
    self.folder = folder
    self.fileName = fileName
    self.planFileName = planFileName
    self.overwrites = overwrites
    self.plan = plan
    self.promisedBytes = promisedBytes
  }
}
