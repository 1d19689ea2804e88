/// How far a sensitivity scan has come.
public struct ScanProgress: Sendable, Hashable {
  /// What the scan is doing.
  public enum Phase: String, Sendable, Hashable {
    /// Compressing weights and scoring them.
    case scoring
    /// Running the network.
    case measuring
  }

  /// What the scan is doing.
  public var phase: Phase
  /// Share of the expected work that is done, 0...1.
  public var fraction: Double
  /// Cells that are finished.
  public var finishedCells: Int
  /// Cells that the scan measures.
  public var cellCount: Int
  /// Images run so far, over all cells.
  public var images: Int
  /// Seconds since the start.
  public var seconds: Double
  /// Seconds that are probably left; nil before there is anything to go by.
  public var secondsLeft: Double?

  /// Makes a progress report.
  public init(
    phase: Phase, fraction: Double, finishedCells: Int, cellCount: Int, images: Int,
    seconds: Double, secondsLeft: Double?
  ) {
    self.phase = phase
    self.fraction = fraction
    self.finishedCells = finishedCells
    self.cellCount = cellCount
    self.images = images
    self.seconds = seconds
    self.secondsLeft = secondsLeft
  }
}
