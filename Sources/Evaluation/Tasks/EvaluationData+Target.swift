import Datasets
import Tensors

extension EvaluationData {
  /// The numeric array that holds the task's ground truth, one row for each item; nil where there is none.
  var target: Tensor? {
    for name in task.targetNames {
      if let found = array(name) { return found }
    }
    return nil
  }
}
