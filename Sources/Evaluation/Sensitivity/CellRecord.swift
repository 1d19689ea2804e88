/// What was measured of a cell so far, and which batches it wants next.
///
/// A scan that runs everything adds up batch after batch. A scan that stops early or settles goes
/// through batches ordered by how easily their images change class, and keeps each batch apart.
struct CellRecord: Sendable {
  /// The sums of batches 0..<``next`` (everything), or of all batches run (ordered).
  var total = CellTally()
  /// The next batch that is wanted.
  var next = 0
  /// Batches run, with their sums; only in ordered scans.
  var points: [Point] = []
  /// Whether no more batches are wanted although there are some.
  var isDecided = false
  /// Seconds of computing.
  var seconds = 0.0
  /// How many of the points the journal holds.
  var written = 0

  /// One batch of an ordered scan.
  struct Point: Sendable, Hashable, Codable {
    var batch: Int
    var tally: CellTally
  }

  /// Adds the next batch of a scan that runs everything.
  mutating func append(_ tally: CellTally, seconds: Double) {
    total.add(tally)
    next += 1
    self.seconds += seconds
  }

  /// Adds a batch of an ordered scan and decides how to go on.
  mutating func append(
    _ point: Point, seconds: Double, rule: StoppingRule, margins: [Float], images: Int
  ) {
    points.append(point)
    total.add(point.tally)
    self.seconds += seconds
    switch rule.step(after: points, margins: margins, images: images) {
    case .stop: isDecided = true
    case .batch(let batch): next = batch
    case .end: next = margins.count
    }
  }
}
