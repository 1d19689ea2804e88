/// Which cell of a grid each weight of a tensor belongs to.
struct GridCells: Sendable, Hashable {
  /// Weights in a row of the tensor that lie in one place of both channel axes.
  private let run: Int
  private let columnsAreWeights: Bool
  private let channelsPerRow: Int
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
    self.channelsPerRow = channelsPerRow
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
      if columnsAreWeights {
        let (output, input, _) = places[flat / run]
        let last = min((flat / run + 1) * run, end)
        for place in flat..<last {
          let cell = rowStarts[output] + (input * run + place % run) / channelsPerColumn
          add(weights[(place - start)..<(place - start + 1)], cell, zeros, magnitudes, counts)
        }
        flat = last
      } else {
        flat = addRow(weights, at: start, from: flat, zeros, magnitudes, counts)
      }
    }
  }

  /// Adds the weights from `flat` on for as long as only the inner channel grows; returns where that
  /// ends.
  private func addRow(
    _ weights: UnsafeBufferPointer<Float>, at start: Int, from flat: Int,
    _ zeros: UnsafeMutableBufferPointer<Float>, _ magnitudes: UnsafeMutableBufferPointer<Float>,
    _ counts: UnsafeMutableBufferPointer<Float>
  ) -> Int {
    let isInput = places.inputIsInner
    let inCell = isInput ? channelsPerColumn : channelsPerRow
    var (output, input, left) = places[flat / run]
    // All that lie in one cell and follow each other are added at once.
    var count = min(inCell - (isInput ? input : output) % inCell, left)
    var flat = flat
    // A block may begin inside a place.
    var place = flat / run
    while left > 0, flat < start + weights.count {
      place += count
      let last = min(place * run, start + weights.count)
      add(
        weights[(flat - start)..<(last - start)], rowStarts[output] + columnOfInput[input], zeros,
        magnitudes, counts)
      flat = last
      left -= count
      if isInput { input += count } else { output += count }
      count = min(inCell, left)
    }
    return flat
  }

  /// Adds weights that all belong to `cell`.
  @inline(__always)
  private func add(
    _ weights: Slice<UnsafeBufferPointer<Float>>, _ cell: Int,
    _ zeros: UnsafeMutableBufferPointer<Float>, _ magnitudes: UnsafeMutableBufferPointer<Float>,
    _ counts: UnsafeMutableBufferPointer<Float>
  ) {
    var magnitude: Float = 0
    var zero: Float = 0
    for weight in weights {
      zero += weight == 0 ? 1 : 0
      magnitude += weight.isFinite ? weight.magnitude : 0
    }
    zeros[cell] += zero
    magnitudes[cell] += magnitude
    counts[cell] += Float(weights.count)
  }
}
