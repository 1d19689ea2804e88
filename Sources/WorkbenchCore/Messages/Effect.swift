import Evaluation
import ModelCompression

/// Something for the program to do; ``Workbench/update(_:_:time:)`` asks for it, results come back
/// as messages.
public enum Effect: Sendable, Hashable {
  /// Measure a plan, cancelling the measurement that runs; `focusLayer` is the one being edited.
  case evaluate(plan: CompressionPlan, generation: Int, focusLayer: String?)
  /// Compute the exact sizes under a plan.
  case computeSize(plan: CompressionPlan, generation: Int)
  /// Look at every weight for all ways to store a plan's model.
  case computeStorage(plan: CompressionPlan, generation: Int)
  /// Make the picture of a layer under a plan.
  case loadLayer(name: String, plan: CompressionPlan, generation: Int)
  /// Stop measuring.
  case cancelEvaluation
  /// Scan the layers' sensitivity, cancelling the scan that runs.
  case scan(SensitivityScan, number: Int)
  /// Stop scanning and keep what is known.
  case cancelScan
  /// Predict the cells of a scan's table by the Fisher information.
  case predict(SensitivityTable)
  /// Stop predicting.
  case cancelPrediction
  /// Search for a plan, cancelling the search that runs.
  case search(PlanSearch, number: Int)
  /// Stop searching.
  case cancelSearch
  /// Train back what a plan costs.
  case finetune(FinetuneRequest, number: Int)
  /// Stop training and keep the best so far.
  case cancelFinetune
  /// Write and check an export.
  case export(ExportRequest)
  /// Write the plan to a file; `path` may begin with `~`.
  case savePlan(CompressionPlan, path: String)
  /// Keep an unsaved plan in the session file; nil removes the file.
  case saveSession(CompressionPlan?)
  /// Draw with another theme.
  case setTheme(slug: String)
  /// Stop as a job of the shell, and draw again on return.
  case suspend
  /// Clear the terminal and draw everything again.
  case redraw
  /// Copy the screen as text.
  case copyScreen
  /// End the program.
  case quit
}
