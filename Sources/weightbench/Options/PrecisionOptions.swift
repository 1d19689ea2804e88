import ArgumentParser
import Evaluation

/// How sure measurements are to be.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "exact, settled, draft or auto (default: exact; in the workbench: auto).",
      discussion: """
        exact measures every sample in 32-bit floats. settled measures those whose class could differ \
        from the original network's, so that the counts are the exact ones; loss, KL and the like are \
        estimated. draft ends where classes cease to change, and everything is estimated, with wider \
        intervals. auto tells all three, one after the other. Outputs that are no class scores are \
        measured exactly, or drafted in bfloat16 where the processor is fast in it.
        """))
  var precision: EvaluationPrecision?
}

extension EvaluationPrecision: ExpressibleByArgument {}
