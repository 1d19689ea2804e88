/// Which cell of a grid each weight of a tensor belongs to.
struct GridCells: Sendable, Hashable {
  /// Weights in a row of the tensor that lie in one place of both channel axes.
  private let run: Int
  private let columnsAreWeights: Bool
  private let channelsPerColumn: Int
  private let places: ChannelPlaces
  /// The first cell of each output channel's row.
  private let rowStarts: [Int]
  /// The column of each input channel; not used when columns stand for single weights.
  private let columnOfInput: [Int]

  init(
    run: Int, columnsAreWeights: Bool, channelsPerRow: Int, channelsPerColumn: Int, columns: Int,
    outputs: Int, inputs: Int, places: ChannelPlaces
  ) {
    self.run = run
    self.columnsAreWeights = columnsAreWeights
    self.channelsPerColumn = channelsPerColumn
    self.places = places
    rowStarts = (0..<max(1, outputs)).map { $0 / channelsPerRow * columns }
    columnOfInput = (0..<max(1, inputs)).map { $0 / channelsPerColumn }
  }

  /// Adds weights, the first of which is at `start` of the tensor, to their cells.
  func add(
    _ weights: UnsafeBufferPointer<Float>, at start: Int,
    _ zeros: UnsafeMutableBufferPointer<Float>, _ magnitudes: UnsafeMutableBufferPointer<Float>,
    _ counts: UnsafeMutableBufferPointer<Float>
  ) {
    let end = start + weights.count
    var flat = start
    while flat < end {
      var (output, input, left) = places[flat / run]
      while left > 0, flat < end {
        let last = min((flat / run + 1) * run, end)
        let row = rowStarts[output]
        if columnsAreWeights {
          for place in flat..<last {
            let cell = row + (input * run + place % run) / channelsPerColumn
            let weight = weights[place - start]
            zeros[cell] += weight == 0 ? 1 : 0
            magnitudes[cell] += weight.isFinite ? weight.magnitude : 0
            counts[cell] += 1
          }
        } else {
          let cell = row + columnOfInput[input]
          var magnitude = magnitudes[cell]
          var zero: Float = 0
          for place in flat..<last {
            let weight = weights[place - start]
            zero += weight == 0 ? 1 : 0
            magnitude += weight.isFinite ? weight.magnitude : 0
          }
          zeros[cell] += zero
          magnitudes[cell] = magnitude
          counts[cell] += Float(last - flat)
        }
        flat = last
        left -= 1
        if places.inputIsInner { input += 1 } else { output += 1 }
      }
    }
  }
}
