import Tensors

/// The images of several sources, one after the other.
struct ConcatenatedPixels: PixelSource {
  private let sources: [ArrayPixels]
  /// Where each source starts.
  private let starts: [Int]
  let count: Int
  let channels: Int
  let height: Int
  let width: Int
  let type: ElementType

  /// All of one size and type; at least one.
  init(_ sources: [ArrayPixels]) {
    precondition(!sources.isEmpty, "no source")
    self.sources = sources
    var starts: [Int] = []
    var count = 0
    for source in sources {
      starts.append(count)
      count += source.count
    }
    self.starts = starts
    self.count = count
    channels = sources[0].channels
    height = sources[0].height
    width = sources[0].width
    type = sources[0].type
  }

  func image(at index: Int) throws(EngineError) -> Tensor {
    let source = (starts.firstIndex { $0 > index } ?? starts.count) - 1
    return try sources[source].image(at: index - starts[source])
  }
}
