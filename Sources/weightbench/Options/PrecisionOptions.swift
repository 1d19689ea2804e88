import ArgumentParser
import Evaluation

/// How sure measurements are to be.
struct PrecisionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "exact, settled, draft or auto (default: exact; in the workbench: auto).",
      discussion: """
        exact measures every sample in 32-bit floats. draft measures in bfloat16. settled is a draft \
        with every sample whose class could differ measured again in 32-bit floats, so that the \
        counts are the exact ones. auto tells all three, one after the other. Where the processor is \
        not fast in bfloat16, all of them are exact.
        """))
  var precision: EvaluationPrecision?
}

extension EvaluationPrecision: ExpressibleByArgument {}
