import Datasets
import Evaluation
import Foundation
import ModelCompression
import ModelFormats
import Synchronization
import Tensors
import TestSupport
import Testing

/// Tables of sensitivity scans: right, complete, the same for any number of threads.
@Suite struct SensitivityScanTests {
  private let few = SensitivityScan(
    settings: SensitivityScan.settings(amounts: [0.5, 0.9], bits: [8, 3, 2]))

  @Test func theTableDoesNotDependOnTheNumberOfThreads() async throws {
    let one = try await ScanFixture.scan(few, try ScanFixture.engine(threads: 1))
    #expect(one.isComplete)
    #expect(one.cells.allSatisfy { $0.state == .complete && $0.images == 100 })
    for threads in [2, 4] {
      let more = try await ScanFixture.scan(few, try ScanFixture.engine(threads: threads))
      #expect(ScanFixture.timeless(more) == ScanFixture.timeless(one), "\(threads) threads")
    }
  }

  @Test(arguments: SensitivityScan.Direction.allCases)
  func cellsEqualEvaluations(_ direction: SensitivityScan.Direction) async throws {
    let engine = try ScanFixture.engine()
    var scan = few
    scan.direction = direction
    let table = try await ScanFixture.scan(scan, engine)
    for cell in table.cells where [0, 3, 7].contains(cell.layerIndex) {
      var plan = CompressionPlan()
      for layer in engine.model.layers
      where (layer.name == cell.layer) == (direction == .alone) {
        plan.set(cell.setting, forLayer: layer.name)
      }
      let metrics = try await engine.evaluate(try await engine.compress(plan))
      let name = "\(direction) \(cell.layer) \(cell.settingName)"
      #expect(cell.correct == metrics.plan?.correct, "\(name)")
      #expect(cell.delta == metrics.delta?.top1, "\(name)")
      #expect(cell.interval95 == metrics.delta?.interval95, "\(name)")
      #expect(cell.p == metrics.delta?.p, "\(name)")
      #expect(cell.agreement == metrics.agreement, "\(name)")
      #expect(abs((cell.loss ?? 0) - (metrics.plan?.loss ?? 1)) < 1e-9, "\(name)")
      #expect(abs((cell.divergence ?? 0) - (metrics.divergence ?? 1)) < 1e-9, "\(name)")
      #expect(abs((cell.cosine ?? 0) - metrics.cosine) < 1e-9, "\(name)")
      #expect(
        cell.outputSQNR == metrics.sqnr || abs((cell.outputSQNR ?? 0) - metrics.sqnr) < 1e-6,
        "\(name)")
    }
    let baseline = try await engine.evaluate(nil).baseline
    #expect(table.baseline?.correct == baseline?.correct)
  }

  @Test func freeScoresComeFirst() async throws {
    let engine = try ScanFixture.engine()
    let first = Mutex<SensitivityTable?>(nil)
    _ = try await SensitivityScanner(engine: engine).run(few) { table, progress in
      if progress.phase == .scoring { first.withLock { $0 = $0 ?? table } }
    }
    let table = try #require(first.withLock { $0 })
    #expect(table.layers.allSatisfy { $0.kurtosis > 1 })
    #expect(table.cells.allSatisfy { $0.state == .free && $0.images == 0 })
    for (row, layer) in engine.model.layers.enumerated() {
      for (column, setting) in few.settings.enumerated() {
        let weights = try LayerCompressor.compress(
          layer: layer, weights: engine.model.weights[row], setting: setting)
        let cell = table[row, column]
        #expect(cell.weightSQNR == weights.signalToNoise(original: engine.model.weights[row]))
        #expect(cell.sparsity == weights.sparsity)
        #expect(cell.weightError > 0 && cell.weightError < 1)
      }
    }
  }

  @Test func theLocalErrorIsThatOfTheLayerAlone() async throws {
    let table = try await ScanFixture.scan(few, try ScanFixture.engine())
    for (row, layer) in table.layers.enumerated() {
      let local = try table.settings.indices.map { try #require(table[row, $0].localSQNR) }
      // 8 bits disturb a layer less than 3, and those less than 2.
      #expect(local[2] > local[3] && local[3] > local[4], "\(layer.name) \(local)")
      #expect(local[0] > local[1], "\(layer.name) \(local)")
    }
    // The last layer's output is the network's.
    let last = table.layers.count - 1
    for column in table.settings.indices {
      let (local, output) = (table[last, column].localSQNR, table[last, column].outputSQNR)
      #expect(abs((local ?? 0) - (output ?? 100)) < 3)
    }
  }

  @Test func settledCountsAreExactCounts() async throws {
    let engine = try ScanFixture.engine(limit: 400)
    var scan = SensitivityScan()
    let exact = try await ScanFixture.scan(scan, engine)
    scan.precision = .settled
    let settled = try await ScanFixture.scan(scan, engine)
    #expect(settled.cells.map(\.correct) == exact.cells.map(\.correct))
    #expect(settled.cells.map(\.better) == exact.cells.map(\.better))
    #expect(settled.cells.contains { $0.state == .decided && $0.images < 200 })
  }

  @Test func earlyStopsKeepTheRanking() async throws {
    let engine = try ScanFixture.engine(limit: 1000)
    var scan = SensitivityScan()
    let exact = try await ScanFixture.scan(scan, engine)
    scan.stopsEarly = true
    let early = try await ScanFixture.scan(scan, engine)
    let rank = ScanFixture.spearman(
      early.cells.compactMap(\.delta), exact.cells.compactMap(\.delta))
    #expect(rank >= 0.97, "\(rank)")
    let images = early.cells.reduce(0) { $0 + $1.images }
    #expect(images < 1000 * early.cells.count / 4)
    for (cell, full) in zip(early.cells, exact.cells) {
      #expect(cell.isFinished)
      let range = try #require(cell.interval95)
      #expect(range.contains(try #require(cell.delta)))
      #expect(abs(cell.delta ?? 1) - abs(full.delta ?? 0) < 0.15, "\(cell)")
    }
    let again = try await ScanFixture.scan(
      scan, try ScanFixture.engine(limit: 1000, threads: 3))
    #expect(ScanFixture.timeless(again) == ScanFixture.timeless(early))
  }

  @Test(arguments: [false, true])
  func evaluationsDoNotWaitForAScan(stopsEarly: Bool) async throws {
    let engine = try ScanFixture.engine(limit: 1000)
    let scan = SensitivityScan(stopsEarly: stopsEarly)
    let alone = try await ScanFixture.scan(scan, try ScanFixture.engine(limit: 1000))
    let fraction = Mutex(0.0)
    let (measuring, started) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      try await SensitivityScanner(engine: engine).run(scan) { _, progress in
        fraction.withLock { $0 = progress.fraction }
        if progress.phase == .measuring { started.yield() }
      }
    }
    for await _ in measuring { break }
    let plan = try await engine.compress(
      CompressionPlan(defaults: PlanRule(weights: .set(WeightQuantization(bits: 4)))))
    let during = try await engine.evaluate(plan)
    #expect(fraction.withLock { $0 } < 0.9)
    let table = try await task.value
    #expect(ScanFixture.timeless(table) == ScanFixture.timeless(alone))
    let quiet = try ScanFixture.engine(limit: 1000)
    let before = try await quiet.evaluate(try await quiet.compress(plan.plan))
    #expect(during.plan == before.plan)
  }

  @Test func namedLayersAreMeasuredOnly() async throws {
    let engine = try ScanFixture.engine()
    let names = [engine.model.layers[2].name, engine.model.layers[0].name]
    var scan = few
    scan.layers = names
    let table = try await ScanFixture.scan(scan, engine)
    #expect(table.layers.map(\.index) == [0, 2])
    #expect(table.cells.count == 10)
    scan.layers = ["absent"]
    await #expect(throws: EngineError.self) { _ = try await ScanFixture.scan(scan, engine) }
    scan.layers = nil
    scan.settings = []
    await #expect(throws: EngineError.self) { _ = try await ScanFixture.scan(scan, engine) }
  }

  @Test func dataWithoutLabelsWillDo() async throws {
    let folder = try TemporaryFolder()
    let source = try NPZFile.read(
      path: SharedAssets.root.appending(
        path: "sample-models/fashion-mnist/fashion-mnist-test2000.npz"
      ).path)
    let images = try #require(source["images"])
    try NPZFile.write(["images": images], to: folder.path("plain.npz"))
    let data = try EvaluationData.open(path: folder.path("plain.npz"), limit: 60)
    #expect(data.labels == nil)
    let engine = try PreviewEngine(
      model: try ScanFixture.engine().model, data: data, threads: 2)
    for precision in EvaluationPrecision.allCases {
      var scan = few
      scan.precision = precision
      let table = try await ScanFixture.scan(scan, engine)
      #expect(table.baseline == nil)
      for cell in table.cells {
        #expect(cell.correct == nil && cell.delta == nil)
        #expect((0...1).contains(cell.agreement ?? -1))
        #expect((cell.divergence ?? -1) >= 0)
        #expect((-1...1.0000001).contains(cell.cosine ?? -2))
        #expect(cell.outputSQNR != nil)
      }
    }
  }
}
