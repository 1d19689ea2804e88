import Evaluation
import Testing

@Suite struct MemoryBudgetTests {
  static let sizes: [(text: String, bytes: Int?)] = [
    ("512M", 512 << 20), ("2G", 2 << 30), ("1.5GiB", 3 << 29), ("64kb", 64 << 10), ("100", 100),
    ("7b", 7), (" 1 t ", 1 << 40), ("", nil), ("M", nil), ("12X", nil), ("-1G", nil),
    ("1.2.3G", nil), ("99999999T", nil),
  ]

  @Test(arguments: sizes)
  func readsSizes(text: String, bytes: Int?) {
    #expect(MemoryBudget(text)?.bytes == bytes)
  }

  @Test func theStandardIsAPartOfWhatIsFree() {
    #expect(MemoryBudget.standard.bytes > 0)
    #expect(MemoryBudget.standard.bytes < 1 << 50)
  }
}
