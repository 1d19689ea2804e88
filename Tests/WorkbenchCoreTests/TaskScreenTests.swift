import Datasets
import Evaluation
import ModelCompression
import Testing
import WorkbenchCore

/// Tasks' figures on the screen, which knows none of them.
@Suite struct TaskScreenTests {
  private static let similarity = TaskResult(
    task: .similarity, samples: 1379, unit: "pairs",
    headline: TaskFigure(
      "Spearman", key: "spearman", baseline: 0.8203, plan: 0.7916, format: .decimal(places: 4)),
    difference: TaskResult.Difference(
      -0.0287, interval95: -0.0341 ... -0.0233, method: "bootstrap over pairs"),
    figures: [
      TaskFigure(
        "Pearson", key: "pearson", baseline: 0.8274, plan: 0.8012, format: .decimal(places: 4))
    ])

  private static let detection = TaskResult(
    task: .detection, samples: 72, unit: "images",
    headline: TaskFigure(
      "mAP@.50:.95", key: "map", baseline: 0.6012, plan: 0.5733, format: .percent),
    difference: TaskResult.Difference(
      -0.0279, interval95: -0.061...0.0052, method: "bootstrap over images"),
    figures: [
      TaskFigure("mAP@.50", key: "map50", baseline: 0.8815, plan: 0.8551, format: .percent),
      TaskFigure("mAP@.75", key: "map75", baseline: 0.671, plan: 0.642, format: .percent),
      TaskFigure("missed", key: "missed", baseline: nil, plan: 14, format: .count),
    ], notes: ["2 images have no boxes"])

  private static let regression = TaskResult(
    task: .regression, samples: 90, unit: "items",
    headline: TaskFigure(
      "MAE", key: "mae", baseline: 0.8957, plan: 1.299, format: .significant,
      isHigherBetter: false),
    difference: TaskResult.Difference(0.4033, interval95: nil, method: "paired differences"))

  /// A session in which the plan was measured with a task's figures.
  private static func session(
    _ task: TaskResult, columns: Int, rows: Int
  ) throws -> Session {
    var session = Session.open(columns: columns, rows: rows, hasData: false)
    session.answers = false
    session.send(
      .dataOpened(
        DataSummary(name: "data.npz", count: task.samples, hasLabels: false, hasTask: true)))
    try session.type("-")
    let (sizes, layers) = SampleModel.sizes(session.state.settings)
    let generation = session.state.generation
    session.send(.sizes(generation: generation, sizes, layers: layers))
    var metrics = PreviewMetrics(
      images: task.samples, total: task.samples, baseline: nil, plan: nil, delta: nil,
      agreement: nil, divergence: nil, cosine: 0.9912, sqnr: 17.5, seconds: 3.21)
    metrics.task = task
    session.send(.evaluated(generation: generation, metrics))
    session.wait(5)
    return session
  }

  @Test(arguments: [(80, 24), (120, 40)])
  func previews(_ columns: Int, _ rows: Int) throws {
    for (name, task) in [
      ("similarity", Self.similarity), ("detection", Self.detection),
      ("regression", Self.regression),
    ] {
      let session = try Self.session(task, columns: columns, rows: rows)
      try Snapshot.check(session.screen(), "task-\(name)-\(columns)x\(rows)")
    }
  }

  @Test func theHeadlineIsWhatIsTold() throws {
    let session = try Self.session(Self.similarity, columns: 120, rows: 40)
    let text = session.screen().text
    #expect(text.contains("1,379 pairs in 3.21 s"))
    #expect(text.contains("0.8203 -> 0.7916"))
    #expect(text.contains("-0.0287 ±0.0054"))
    #expect(text.contains("Spearman by size"))
    #expect(!text.contains("top-1"))
    #expect(session.state.points.first?.quality == 0.7916)
  }

  @Test func anErrorsQualityIsTheOriginalsShare() throws {
    let session = try Self.session(Self.regression, columns: 120, rows: 40)
    let quality = try #require(session.state.points.first?.quality)
    #expect(abs(quality - 0.8957 / 1.299) < 1e-12)
    #expect(abs(Self.regression.headline.drop - 100 * (1.299 / 0.8957 - 1)) < 1e-9)
    #expect(Self.detection.headline.drop - 2.79 < 1e-9)
  }

  @Test func figuresWithoutAValueAreTheWorst() {
    let lost = TaskFigure(
      "Spearman", key: "spearman", baseline: 0.8, plan: .nan, format: .decimal(places: 4))
    #expect(lost.plan == nil)
    #expect(lost.drop == .infinity)
    #expect(lost.text(lost.plan) == "-")
  }
}
