/// What `NAME.yaml` says about data: everything that their own file can't.
struct DataDescription: Sendable {
  /// The data file or folder, relative to the description.
  var data: String?
  var task: EvaluationTask?
  var layout: InputLayout?
  var order: ChannelOrder?
  var scale: Float?
  /// One number for all channels, or one for each, in the model's channel order.
  var mean: [Float]?
  var std: [Float]?
  var geometry = ImageGeometry()
  var classNames: [String]?
  /// The class of pixels that are not judged.
  var ignoredClass: Int?
  /// The description's own path; nil for the default of data without one.
  var path: String?
}
