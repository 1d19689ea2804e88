import Evaluation
import ModelCompression
import NetworkGraph
import Tensors

extension WorkbenchState {
  /// Takes what the engine and the file system answered.
  mutating func takeResult(_ message: Message) -> [Effect] {
    switch message {
    case .modelOpened(let summary, let plan, let path): return open(summary, plan, path)
    case .openFailed(let error):
      openError = error
      say(error.description, .error)
    case .openingData: isOpeningData = true
    case .dataOpened(let summary): return take(summary)
    case .dataFailed(let error):
      data = nil
      isOpeningData = false
      dataError = error
      say(error.description, .error)
    case .exportFinished(let result): finishExport(result)
    case .exportFailed(let error):
      isExporting = false
      say("export failed: \(error.description)", .error)
    case .planSaved(let path, let plan): return finishSaving(path, plan)
    case .planSaveFailed(let error):
      isQuitting = false
      say("the plan was not saved: \(error.description)", .error)
    case .screenCopied(let place): say("screen copied to \(place)")
    case .scanProgress, .scanFinished, .scanCancelled, .scanFailed: takeScan(message)
    case .predicted, .predictionFailed: takePrediction(message)
    case .searchProgress, .searchFinished, .searchCancelled, .searchFailed:
      return takeSearch(message)
    case .finetuneProgress, .finetuneFinished, .finetuneCancelled, .finetuneFailed:
      return takeFinetuning(message)
    default: takeMeasurement(message)
    }
    return []
  }

  private mutating func takeMeasurement(_ message: Message) {
    switch message {
    case .sizes(let generation, let sizes, let layers):
      guard generation >= self.sizes?.generation ?? 0 else { return }
      self.sizes = Stamped(sizes, generation: generation)
      layerSizes = layers
      addPoint()
    case .storage(let generation, let figures):
      storage = Stamped(figures, generation: generation)
    case .layerPicture(let generation, let picture):
      guard picture.name == selectedLayer?.name else { return }
      if let old = self.picture, old.value.name == picture.name, old.generation > generation {
        return
      }
      self.picture = Stamped(picture, generation: generation)
    case .compressing(let generation, let progress):
      guard generation == self.generation, isEvaluating else { return }
      compressing = Stamped(progress, generation: generation)
    case .progress(let generation, let metrics):
      guard generation == self.generation else { return }
      compressing = nil
      isEvaluating = true
      self.metrics = Stamped(metrics, generation: generation)
    case .evaluated(let generation, let metrics):
      guard generation == self.generation else { return }
      compressing = nil
      isEvaluating = false
      self.metrics = Stamped(metrics, generation: generation)
      addPoint()
    case .ahead(let progress):
      if progress.generation == generation { ahead = progress }
    case .evaluationCancelled(let generation):
      if generation == self.generation { (isEvaluating, compressing) = (false, nil) }
    case .evaluationFailed(let generation, let error):
      guard generation == self.generation else { return }
      (isEvaluating, compressing) = (false, nil)
      evaluationError = error
      say(error.description, .error)
    default: break
    }
  }

  private mutating func open(
    _ summary: ModelSummary, _ plan: CompressionPlan, _ path: String?
  ) -> [Effect] {
    model = summary
    openError = nil
    tree = LayerTree(layerNames: summary.layers.map(\.layer.name))
    history = PlanHistory(plan)
    savedPlan = plan
    planPath = path
    generation += 1
    sizes = nil
    layerSizes = []
    picture = nil
    metrics = nil
    points = []
    sensitivity = SensitivityState()
    search = SearchState()
    finetuning = FinetuneState()
    board = BoardState()
    folded = []
    marked = []
    filter = ""
    scroll = 0
    resolveSettings()
    savedSettings = settings
    selection = .layer(0)
    let weights = summary.layers.reduce(0) { $0 + $1.layer.parameters }
    var text = "opened \(summary.name): \(summary.layers.count) layers, "
    text += "\(Figures.grouped(weights)) weights"
    if summary.foldedBatchNorms > 0 {
      text += ", \(summary.foldedBatchNorms) batch normalizations folded"
    }
    say(text)
    notePlan(plan, path)
    if summary.hasGraph, !summary.unsupported.isEmpty, let reason = evaluationObstacle {
      say(reason, .warning)
    }
    return [.computeSize(plan: plan, generation: generation)] + loadSelection()
      + startEvaluation()
  }

  /// Tells what a plan read from a file says about layers that are not there.
  private mutating func notePlan(_ plan: CompressionPlan, _ path: String?) {
    guard let model else { return }
    guard let path else {
      noteHead()
      return
    }
    say("plan: \(path)")
    do {
      for notice in try plan.resolved(for: model.layers.map(\.layer)).notices {
        say("plan: \(notice)", .warning)
      }
    } catch {
      // resolveSettings() has said it.
    }
  }

  /// Tells which layers of a detector's head are pinned, and why, as the last message.
  private mutating func noteHead() {
    guard let head = model?.head, plan.pinned == head.names else { return }
    let text = "\(head.text); K unpins"
    notes.removeAll { $0.text == text }
    say(text)
  }

  private mutating func take(_ summary: DataSummary) -> [Effect] {
    data = summary
    isOpeningData = false
    dataError = nil
    say("data: \(summary.name), \(Figures.grouped(summary.count)) samples")
    for note in summary.notes { say("data: \(note)", .warning) }
    if !summary.hasLabels, !summary.hasTask {
      say("data: no labels: what is measured is how near the original it stays")
    }
    // Data follow the model so soon that nobody would have read it.
    if summary.notes.isEmpty { noteHead() }
    guard model != nil else { return [] }
    // Someone may be waiting for it in the sensitivity view.
    let waits = view == .sensitivity && sensitivity.table == nil && evaluationObstacle == nil
    return startEvaluation() + (waits ? startScan() : [])
  }

  private mutating func finishExport(_ result: ExportResult) {
    isExporting = false
    let files = result.files.map { "\($0.path), \(Figures.grouped($0.bytes)) bytes" }
    let proof = result.verification.isEmpty ? "" : "; \(result.verification)"
    say("wrote \(files.joined(separator: " and "))\(proof)")
  }

  private mutating func finishSaving(_ path: String, _ plan: CompressionPlan) -> [Effect] {
    savedPlan = plan
    if let model, let saved = try? plan.resolved(for: model.layers.map(\.layer)) {
      savedSettings = saved.settings
    }
    planPath = path
    say("plan written: \(path)")
    return isQuitting ? quit() : []
  }

  /// Adds or renews the point of the current plan once its size and its metrics have both come.
  private mutating func addPoint() {
    guard let sizes, let metrics, sizes.generation == generation,
      metrics.generation == generation, !isEvaluating,
      let quality = metrics.value.headline.quality
    else { return }
    addPoint(
      MeasuredPoint(
        plan: plan, storedBytes: sizes.value.stored, quality: quality,
        images: metrics.value.images, summary: planSummary(settings)))
  }
}
