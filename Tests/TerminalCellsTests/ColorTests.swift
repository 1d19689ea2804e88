import TerminalCells
import Testing

@Suite struct ColorTests {
  @Test(
    arguments: [
      (RGBColor(0x5F, 0x00, 0x87), 54), (RGBColor(0, 0, 0), 16), (RGBColor(255, 255, 255), 231),
      (RGBColor(0x12, 0x12, 0x12), 233), (RGBColor(95, 135, 175), 67),
      (RGBColor(215, 175, 95), 179), (RGBColor(0xEE, 0xEE, 0xEE), 255),
    ])
  func exactColoursKeepTheirIndex(color: RGBColor, index: Int) {
    #expect(Color(color).quantized(to: .indexed256) == .indexed(UInt8(index)))
  }

  @Test func everyFixedColourIsItsOwnNearest() {
    for index in 16...255 {
      guard let value = Color.indexed(UInt8(index)).value else {
        Issue.record("index \(index) has no value")
        continue
      }
      // Two greys of the cube have twins in the grey ramp.
      let nearest = Color(value).quantized(to: .indexed256)
      #expect(nearest.value == value)
    }
  }

  @Test func theUsersOwnColoursAreNeverChosen() {
    for value in stride(from: 0, through: 255, by: 15) {
      let grey = Color.rgb(UInt8(value), UInt8(value), UInt8(value))
      guard case .indexed(let index) = grey.quantized(to: .indexed256) else {
        Issue.record("no index for \(value)")
        continue
      }
      #expect(index >= 16)
    }
  }

  @Test func brightColoursBecomeBoldAtEight() {
    let style = Style(foreground: .ansi(12), background: .ansi(9))
    #expect(
      style.quantized(to: .ansi8)
        == Style(foreground: .ansi(4), background: .ansi(1), bold: true))
    #expect(style.quantized(to: .ansi16) == style)
    #expect(style.quantized(to: .mono) == .plain)
  }

  @Test func attributesStayWithoutColours() {
    let style = Style(
      foreground: .rgb(1, 2, 3), background: .indexed(200), bold: true, underline: true,
      reverse: true)
    #expect(style.quantized(to: .mono) == Style(bold: true, underline: true, reverse: true))
  }

  @Test func directTerminalsTakeValues() {
    #expect(Color.indexed(67).quantized(to: .direct) == .rgb(95, 135, 175))
    #expect(Color.ansi(3).quantized(to: .direct) == .ansi(3))
    #expect(Color.terminal.quantized(to: .direct) == .terminal)
    #expect(Color.rgb(255, 0, 0).quantized(to: .ansi16) == .ansi(9))
    #expect(Color.rgb(200, 0, 0).quantized(to: .ansi8) == .ansi(1))
  }

  @Test(arguments: ["#1f9E88", "1F9e88"])
  func hexIsRead(text: String) {
    #expect(RGBColor(hex: text) == RGBColor(0x1F, 0x9E, 0x88))
  }

  @Test(arguments: ["", "#", "12345", "1234567", "12345g", "+12345", "١٢٣٤٥٦", "##12345"])
  func otherTextsAreNoColours(text: String) {
    #expect(RGBColor(hex: text) == nil)
  }

  @Test func optionsNameDepths() {
    #expect(ColorDepth(option: "256") == .indexed256)
    #expect(ColorDepth(option: "never") == .mono)
    #expect(ColorDepth(option: "auto") == nil)
    #expect(ColorDepth.allCases.sorted() == [.mono, .ansi8, .ansi16, .indexed256, .direct])
  }

  @Test func contrastIsAsPublished() {
    #expect(abs(RGBColor(0, 0, 0).contrast(with: RGBColor(255, 255, 255)) - 21) < 1e-9)
    let grey = RGBColor(hexValue: 0x767676).contrast(with: RGBColor(255, 255, 255))
    #expect(abs(grey - 4.54) < 0.01)
    #expect(abs(LabColor(RGBColor(255, 0, 0)).lightness - 53.24) < 0.02)
  }
}
