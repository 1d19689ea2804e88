extension SensitivityReport {
  /// The columns of the CSV: those that sensitivity files of the field have, then more.
  public static let csvColumns = [
    "parameter", "sparsity", "top1", "top5", "loss", "bits", "layer", "setting", "images",
    "correct", "delta", "low95", "high95", "p", "agreement", "divergence", "cosine", "sqnr",
    "local_sqnr", "weight_sqnr", "weight_error", "zeros", "kurtosis", "state", "seconds",
    "headline", "headline_value", "headline_drop",
  ]

  /// The table as CSV, one line for each cell; what is not known is empty.
  public var csv: String {
    func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
    func quoted(_ name: String) -> String {
      guard name.contains(where: { ",\"\n\r".contains($0) }) else { return name }
      return "\""
        + name.split(separator: "\"", omittingEmptySubsequences: false)
        .joined(separator: "\"\"") + "\""
    }
    var lines = [Self.csvColumns.joined(separator: ",")]
    for row in rows {
      let fields = [
        quoted(row.weight), text(row.sparsity), text(row.top1), text(row.top5), text(row.loss),
        "\(row.bits)", quoted(row.layer), quoted(row.setting), "\(row.images)",
        row.correct.map { "\($0)" } ?? "", text(row.delta), text(row.interval95?.first),
        text(row.interval95?.last), text(row.p), text(row.agreement), text(row.divergence),
        text(row.cosine), text(row.sqnr), text(row.localSqnr), text(row.weightSqnr),
        text(row.weightError), text(row.zeros), text(row.kurtosis), row.state,
        text(row.seconds), quoted(row.headline?.name ?? ""), text(row.headline?.plan),
        text(row.headline?.drop),
      ]
      lines.append(fields.joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
