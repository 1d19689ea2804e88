/// What went wrong, to what, where, and what to do about it: the one error value of the engine.
///
/// Every failure that files, data, plans or users can cause is reported as an `EngineError`.
/// Programmer mistakes trap instead.
public struct EngineError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure; open for new kinds, so matching needs a default.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The name used in JSON output, such as `malformedFile`.
    public let rawValue: String

    /// Makes a code from its JSON name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// A file that does not exist or can't be read.
    public static let missingFile = Code(rawValue: "missingFile")
    /// A file that ends before its content does.
    public static let truncatedFile = Code(rawValue: "truncatedFile")
    /// A file whose content breaks its format.
    public static let malformedFile = Code(rawValue: "malformedFile")
    /// Something valid that this version does not do.
    public static let unsupported = Code(rawValue: "unsupported")
    /// Shapes or element types that do not fit each other.
    public static let shapeMismatch = Code(rawValue: "shapeMismatch")
    /// A plan that can't be read or does not fit the model.
    public static let invalidPlan = Code(rawValue: "invalidPlan")
    /// Evaluation data that can't be read or does not fit the model.
    public static let invalidData = Code(rawValue: "invalidData")
    /// Weights or results with NaN or infinity where numbers are needed.
    public static let notFinite = Code(rawValue: "notFinite")
    /// A file that could not be written.
    public static let writeFailed = Code(rawValue: "writeFailed")
    /// A value outside its allowed range.
    public static let invalidArgument = Code(rawValue: "invalidArgument")
    /// A proof that failed: an exported file that is not what was previewed.
    public static let verificationFailed = Code(rawValue: "verificationFailed")
  }

  /// The kind of failure.
  public var code: Code
  /// The file concerned, where there is one.
  public var path: String?
  /// Where in the file, in bytes from its start.
  public var byteOffset: Int?
  /// What the failure is about, such as `node 17 (Conv), attribute 'pads'`.
  public var subject: String?
  /// What is wrong, with the value seen and what was expected.
  public var problem: String
  /// What to do about it.
  public var remedy: String?

  /// Makes an error; `problem` is a sentence without its subject.
  public init(
    _ code: Code, path: String? = nil, byteOffset: Int? = nil, subject: String? = nil,
    problem: String, remedy: String? = nil
  ) {
    self.code = code
    self.path = path
    self.byteOffset = byteOffset
    self.subject = subject
    self.problem = problem
    self.remedy = remedy
  }

  /// Where and what, without the remedy.
  public var message: String {
    var parts: [String] = []
    if let path { parts.append(byteOffset.map { "\(path), byte \($0)" } ?? path) }
    if let subject { parts.append(subject) }
    return (parts + [problem]).joined(separator: ": ")
  }

  /// The whole text: where, what, and the remedy.
  public var description: String {
    remedy.map { "\(message). \($0)" } ?? message
  }

  /// The same error with its file named, unless it already names one.
  public func inFile(_ path: String) -> EngineError {
    var copy = self
    if copy.path == nil { copy.path = path }
    return copy
  }

  /// The same error with its subject named, unless it already names one.
  public func about(_ subject: String) -> EngineError {
    var copy = self
    if copy.subject == nil { copy.subject = subject }
    return copy
  }
}
