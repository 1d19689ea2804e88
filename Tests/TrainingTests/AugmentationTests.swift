import Tensors
import Testing
import Training

/// Mirrored and moved images.
@Suite struct AugmentationTests {
  /// Image, row and column of each pixel are in its value.
  private let images = Tensor(
    [40, 2, 5, 6],
    (0..<(40 * 2 * 5 * 6)).map { Float($0) })
  private let seeds = (0..<40).map { UInt64($0) }

  @Test func imagesAreMovedAsAWholeAndEdgesRepeat() {
    let augmentation = ImageAugmentation(flips: true, shift: 2)
    let moved = augmentation.apply(to: images, seeds: seeds).floats
    let plain = images.floats
    var kinds = Set<String>()
    for image in 0..<40 {
      let base = image * 60
      var found: [String] = []
      for flip in [false, true] {
        for down in -2...2 {
          for right in -2...2 {
            let fits = (0..<60).allSatisfy { index in
              let (channel, row, column) = (index / 30, index % 30 / 6, index % 6)
              let fromRow = min(max(row - down, 0), 4)
              let fromColumn = min(max(column - right, 0), 5)
              let source = flip ? 5 - fromColumn : fromColumn
              return moved[base + index] == plain[base + channel * 30 + fromRow * 6 + source]
            }
            if fits { found.append("\(flip) \(down) \(right)") }
          }
        }
      }
      #expect(found.count == 1, "image \(image): \(found)")
      kinds.formUnion(found)
    }
    #expect(kinds.count > 15)
    #expect(augmentation.apply(to: images, seeds: seeds).floats == moved)
  }

  @Test func layoutsAgree() {
    let first = ImageAugmentation(flips: true, shift: 1).apply(to: images, seeds: seeds).floats
    let last = ImageAugmentation(flips: true, shift: 1, isChannelsLast: true)
    func transposed(_ values: [Float], toLast: Bool) -> [Float] {
      var result = values
      for image in 0..<40 {
        for channel in 0..<2 {
          for pixel in 0..<30 {
            let (a, b) = (image * 60 + channel * 30 + pixel, image * 60 + pixel * 2 + channel)
            if toLast { result[b] = values[a] } else { result[a] = values[b] }
          }
        }
      }
      return result
    }
    let input = Tensor([40, 5, 6, 2], transposed(images.floats, toLast: true))
    #expect(transposed(last.apply(to: input, seeds: seeds).floats, toLast: false) == first)
  }

  @Test func nothingIsDoneWithoutAugmentation() {
    let none = ImageAugmentation(flips: false, shift: 0)
    #expect(none.isIdentity)
    #expect(none.apply(to: images, seeds: seeds).floats == images.floats)
  }
}
