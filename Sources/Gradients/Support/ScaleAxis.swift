/// Which of the scales along an axis an element has.
struct ScaleAxis {
  private let inner: Int
  private let count: Int

  init(_ axis: Int, of shape: [Int], count: Int) {
    let place = axis < 0 ? axis + shape.count : axis
    inner = max(shape.dropFirst(place + 1).reduce(1, *), 1)
    self.count = count
  }

  func channel(_ place: Int) -> Int { count > 1 ? place / inner % count : 0 }
}
