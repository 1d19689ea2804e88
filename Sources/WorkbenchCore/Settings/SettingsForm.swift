/// The settings sheet while it is open: where the cursor is.
public struct SettingsForm: Sendable {
  /// The name of the field with the cursor.
  public var field: String

  /// A sheet with the cursor on a field.
  public init(field: String) { self.field = field }
}
