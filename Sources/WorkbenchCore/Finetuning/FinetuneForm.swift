import TerminalCells
import Training

/// The form of a training run as it is being filled in.
public struct FinetuneForm: Sendable {
  /// A place the cursor can be.
  public enum Field: Int, Sendable, Hashable, CaseIterable {
    /// The training data.
    case data
    /// Minutes that training may take.
    case minutes
    /// The learning rate at its height.
    case learningRate
    /// The weight of distillation.
    case distillation
    /// The choice of optimizer.
    case optimizer
    /// Whether half of the images are mirrored.
    case flips
    /// Whether the step between codes is learned.
    case learnsStep
    /// The model that is written.
    case output
    /// The button that starts.
    case start
    /// The button that closes the form.
    case cancel
  }

  /// The training data: a file or folder.
  public var data: TextField
  /// Minutes that training may take.
  public var minutes = TextField("5")
  /// The learning rate at its height.
  public var learningRate: TextField
  /// The weight of distillation, 0...1.
  public var distillation = TextField("\(FinetuneSettings.standardDistillation)")
  /// The optimizer.
  public var optimizer = FinetuneSettings().optimizer
  /// Whether half of the images are mirrored.
  public var flips = false
  /// Whether the step between codes is learned at every width, and not only at few bits.
  public var learnsStep = false
  /// The model that is written (.onnx).
  public var output: TextField
  /// Where the cursor is.
  public var field: Field = .data
  /// What is wrong with the form; nil when nothing is.
  public var problem: String?

  /// A form with the usual numbers.
  ///
  /// - Parameters:
  ///   - data: The training data to begin with.
  ///   - output: The file to begin with.
  public init(data: String, output: String) {
    self.data = TextField(data)
    self.output = TextField(output)
    learningRate = TextField("\(FinetuneSettings().peakLearningRate)")
    field = data.isEmpty ? .data : .start
  }

  /// Moves the cursor by `step` fields, round and round.
  mutating func moveField(_ step: Int) {
    let all = Field.allCases
    let index = all.firstIndex(of: field) ?? 0
    field = all[(index + step + all.count) % all.count]
  }

  /// Turns the choice under the cursor over; whether there is one.
  mutating func toggle() -> Bool {
    switch field {
    case .optimizer:
      optimizer = optimizer == .adamw ? .sgd : .adamw
      learningRate = TextField("\(optimizer.standardLearningRate)")
    case .flips: flips.toggle()
    case .learnsStep: learnsStep.toggle()
    default: return false
    }
    return true
  }

  /// Gives a key to the text under the cursor.
  mutating func type(_ key: KeyPress) {
    switch field {
    case .data: data.handle(key)
    case .minutes: minutes.handle(key)
    case .learningRate: learningRate.handle(key)
    case .distillation: distillation.handle(key)
    case .output: output.handle(key)
    default: break
    }
  }

  /// The settings that the form states; nil when a number can't be read, with ``problem`` saying which and
  /// the cursor on it.
  mutating func settings() -> FinetuneSettings? {
    var settings = FinetuneSettings()
    func number(_ field: TextField) -> Double? {
      Double(field.text.filter { $0 != " " }).flatMap { $0.isFinite ? $0 : nil }
    }
    guard let minutes = number(minutes), minutes > 0 else {
      (problem, field) = ("minutes are a number above 0", .minutes)
      return nil
    }
    guard let rate = number(learningRate), rate > 0 else {
      (problem, field) = ("the learning rate is a number above 0", .learningRate)
      return nil
    }
    guard let weight = number(distillation), (0...1).contains(weight) else {
      (problem, field) = ("the weight of distillation is 0 ... 1", .distillation)
      return nil
    }
    settings.minutes = minutes
    settings.learningRate = rate
    settings.distillation = weight
    settings.optimizer = optimizer
    settings.flips = flips
    settings.learnsStep = learnsStep ? true : nil
    return settings
  }
}
