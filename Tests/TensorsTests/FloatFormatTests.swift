import Tensors
import Testing

/// The small float formats.
@Suite struct FloatFormatTests {
  static let types: [ElementType] = [
    .float8e4m3fn, .float8e4m3fnuz, .float8e5m2, .float8e5m2fnuz,
  ]

  @Test(arguments: types)
  func everyCodeSurvives(type: ElementType) throws {
    let format = try #require(Float8(type))
    for code in UInt8.min...UInt8.max {
      let value = format.decode(code)
      if value.isNaN {
        #expect(format.decode(format.encode(value)).isNaN)
      } else {
        #expect(format.encode(value, saturating: false) == code, "\(type) \(code)")
      }
    }
  }

  @Test(arguments: types)
  func encodingIsNearest(type: ElementType) throws {
    let format = try #require(Float8(type))
    let values = Set((UInt8.min...UInt8.max).map { format.decode($0) }.filter(\.isFinite)).sorted()
    for (low, high) in zip(values, values.dropFirst()) {
      let middle = (low + high) / 2
      #expect(format.decode(format.encode(middle.nextDown)) == low)
      #expect(format.decode(format.encode(middle.nextUp)) == high)
      // Ties go to the even code.
      #expect(format.encode(middle) & 1 == 0)
    }
  }

  @Test func knownValues() throws {
    let e4m3 = try #require(Float8(.float8e4m3fn))
    #expect(e4m3.largest == 448)
    #expect(e4m3.decode(0x38) == 1)
    #expect(e4m3.decode(0x01) == 0x1p-9)
    #expect(e4m3.encode(1000) == 0x7E)
    #expect(e4m3.encode(1000, saturating: false) == 0x7F)
    let e5m2 = try #require(Float8(.float8e5m2))
    #expect(e5m2.largest == 57344)
    #expect(e5m2.decode(0x7C) == .infinity)
    #expect(e5m2.encode(.infinity, saturating: false) == 0x7C)
    #expect(Float8(.float16) == nil)
  }

  @Test(
    arguments: [
      (1.0, 0x3F80), (-2.0, 0xC000), (1.00390625, 0x3F80), (1.01171875, 0x3F82),
      (3.4e38, 0x7F80), (0, 0), (0x1p-149, 0),
    ] as [(Float, UInt16)])
  func bfloat16RoundsHalfToEven(value: Float, bits: UInt16) {
    #expect(BFloat16(value).bitPattern == bits)
  }

  @Test func bfloat16KeepsSpecialValues() {
    #expect(BFloat16(.nan).float.isNaN)
    #expect(BFloat16(.infinity).float == .infinity)
    #expect(BFloat16(-0.0).bitPattern == 0x8000)
    for bits in stride(from: UInt16(0), to: 0x7F80, by: 97) {
      #expect(BFloat16(BFloat16(bitPattern: bits).float).bitPattern == bits)
    }
  }
}
