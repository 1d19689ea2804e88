extension Equalization {
  /// The block as it is written: `true` for the usual one.
  var tree: PlanTree {
    replacesReLU6 ? .map(["relu6": .text("replace")]) : .literal("true")
  }
}

extension Set<RepairStep> {
  /// The list as it is written, in a fixed order.
  var tree: PlanTree {
    .list(RepairStep.allCases.filter { contains($0) }.map { .text($0.rawValue) })
  }
}
