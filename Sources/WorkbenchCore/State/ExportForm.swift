import Evaluation
import TerminalCells

/// The export form as it is being filled in.
public struct ExportForm: Sendable {
  /// A place the cursor can be.
  public enum Field: Int, Sendable, Hashable, CaseIterable {
    /// The choice of format.
    case format
    /// The folder.
    case folder
    /// The file's name without its ending.
    case name
    /// Whether the plan is written beside the model.
    case writesPlan
    /// Whether existing files are replaced.
    case overwrites
    /// The button that exports.
    case export
    /// The button that closes the form.
    case cancel
  }

  /// The chosen format.
  public var format: ExportChoice = .onnx
  /// The folder.
  public var folder: TextField
  /// The file's name without its ending.
  public var name: TextField
  /// Whether the plan is written beside the model.
  public var writesPlan = true
  /// Whether existing files are replaced.
  public var overwrites = false
  /// Where the cursor is.
  public var field: Field = .format
  /// What is wrong with the form; nil when nothing is.
  public var problem: String?

  /// A form for `name` in `folder`.
  public init(folder: String, name: String) {
    self.folder = TextField(folder)
    self.name = TextField(name)
  }

  /// The name of the file that will be written.
  public var fileName: String { "\(name.text).\(format.fileExtension)" }
  /// The name of the plan written beside it; nil for none, or when the plan is what is exported.
  public var planFileName: String? {
    writesPlan && format != .plan ? "\(name.text).\(ExportChoice.plan.fileExtension)" : nil
  }

  /// The fields that mean something for the format.
  var fields: [Field] { Field.allCases.filter { $0 != .writesPlan || format != .plan } }

  /// Moves the cursor by `step` fields, round and round.
  mutating func moveField(_ step: Int) {
    let all = fields
    let index = all.firstIndex(of: field) ?? 0
    field = all[(index + step + all.count) % all.count]
  }

  /// Moves the format by `step`, round and round.
  mutating func moveFormat(_ step: Int) {
    let all = ExportChoice.allCases
    let index = all.firstIndex(of: format) ?? 0
    format = all[(index + step + all.count) % all.count]
  }
}
