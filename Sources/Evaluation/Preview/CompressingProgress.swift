/// How far compressing the layers of a plan has come; layers known from earlier plans are not counted.
public struct CompressingProgress: Sendable, Hashable {
  /// Layers done.
  public var done: Int
  /// Layers to do; 0 while samples are run to calibrate on.
  public var total: Int
  /// The method of the layer at hand: how its codes are found, or what it is pruned by.
  public var method: String

  /// Makes a progress.
  public init(done: Int, total: Int, method: String) {
    self.done = done
    self.total = total
    self.method = method
  }

  /// In words: `compressing layer 4 of 36 (gptq)`, `calibrating (gptq)`.
  public var text: String {
    total == 0
      ? "calibrating (\(method))"
      : "compressing layer \(min(done + 1, total)) of \(total) (\(method))"
  }
}
