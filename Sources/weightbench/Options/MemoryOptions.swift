import ArgumentParser
import Evaluation

/// How much memory measuring may take.
struct MemoryOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Memory for activations and weights that are kept, such as 512M or 2G (default: a quarter of "
        + "what is free).", valueName: "size"))
  var memory: MemoryBudget?
}

extension MemoryBudget: ExpressibleByArgument {
  /// Reads a size such as `512M`.
  public init?(argument: String) { self.init(argument) }
}
