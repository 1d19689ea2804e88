import Yams

extension ThemeError {
  /// Turns the YAML library's error into ours, with its place.
  init(_ failure: YamlError, path: String?) {
    switch failure {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      self.init(
        path: path, line: mark.line, column: mark.column, problem: problem,
        remedy: "The file must be valid YAML: check quotes and indentation there")
    case .duplicatedKeysInMapping(let duplicates, _):
      let names = duplicates.map { "\($0)" }.joined(separator: ", ")
      self.init(path: path, problem: "\(names) is given twice", remedy: "Remove one of the lines")
    default:
      self.init(
        path: path, problem: "this is not readable as YAML (\(failure))",
        remedy: "The file must be valid YAML in UTF-8")
    }
  }
}
