import Evaluation

/// How often the interval of a detector's difference is right, in the content of `evaluate`.
struct CoverageReport: Encodable {
  /// Images of a subsample.
  var images: Int
  /// Subsamples that were drawn in either way.
  var subsamples: Int
  /// The difference over the whole set.
  var difference: Double
  var withReplacement: Double
  var withoutReplacement: Double?

  init(_ coverage: IntervalCoverage) {
    images = coverage.size
    subsamples = coverage.subsamples
    difference = coverage.difference
    withReplacement = coverage.withReplacement
    withoutReplacement = coverage.withoutReplacement
  }

  /// For people.
  var text: String {
    "coverage  the interval holds the difference over all images in \(Output.percent(withReplacement)) of "
      + "\(subsamples) subsamples of \(images) images"
      + (withoutReplacement.map {
        " drawn with replacement, \(Output.percent($0)) without (finite-population correction)"
      } ?? "")
  }
}
