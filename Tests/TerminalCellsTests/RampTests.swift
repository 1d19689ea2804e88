import TerminalCells
import Testing

@Suite struct RampTests {
  @Test(
    arguments: [Ramp.viridis, .cividis, .grey], [ColorDepth.indexed256, .direct])
  func lightnessRisesAtEveryStep(ramp: Ramp, depth: ColorDepth) {
    for compact in [false, true] {
      let lights = ramp.colors(at: depth, compact: compact).compactMap(\.value)
        .map { LabColor($0).lightness }
      #expect(lights.count >= 5)
      for (low, high) in zip(lights, lights.dropFirst()) { #expect(low < high) }
    }
  }

  @Test func neighboursAreToldApart() {
    let least: [(Ramp, Bool, Double)] = [
      (.viridis, false, 13), (.viridis, true, 15), (.cividis, true, 14),
    ]
    for (ramp, compact, distance) in least {
      let labs = ramp.colors(at: .indexed256, compact: compact).compactMap(\.value)
        .map { LabColor($0) }
      for (low, high) in zip(labs, labs.dropFirst()) {
        #expect(low.distance(to: high) >= distance - 0.5)
      }
    }
  }

  @Test func thePaletteStepsAreThoseChosen() {
    func indices(_ ramp: Ramp, _ compact: Bool) -> [Color] {
      ramp.colors(at: .indexed256, compact: compact)
    }
    #expect(indices(.viridis, false) == [17, 53, 24, 30, 36, 78, 119, 226].map { .indexed($0) })
    #expect(indices(.viridis, true) == [53, 25, 30, 35, 220].map { .indexed($0) })
    #expect(indices(.cividis, false) == [235, 60, 244, 143, 220].map { .indexed($0) })
    #expect(indices(.grey, true) == [233, 236, 239, 242, 245, 248, 251, 255].map { .indexed($0) })
  }

  @Test func divergingRampsAreLightestInTheMiddle() {
    let lights = Ramp.diverging.colors(at: .indexed256).compactMap(\.value)
      .map { LabColor($0).lightness }
    #expect(lights.count == 8)
    #expect(Array(lights[..<4]) == lights[..<4].sorted())
    #expect(Array(lights[4...]) == lights[4...].sorted(by: >))
  }

  @Test func fewColoursGoWithFourShades() {
    for ramp in [Ramp.viridis, .cividis, .grey, .diverging] {
      #expect(ramp.colors(at: .ansi8).count == 4)
      #expect(ramp.colors(at: .ansi16).count == 4)
      #expect(ramp.colors(at: .mono).isEmpty)
    }
    #expect(Ramp.none.colors(at: .direct).isEmpty)
  }

  @Test func namesAndOwnColours() {
    #expect(Ramp(named: "cividis") == .cividis)
    #expect(Ramp(named: "jet") == nil)
    #expect(Ramp(colors: [RGBColor(0, 0, 0), RGBColor(9, 9, 9)]) == nil)
    let own = Ramp(colors: [RGBColor(0, 0, 0), RGBColor(95, 0, 0), RGBColor(255, 0, 0)])
    #expect(own?.colors(at: .indexed256) == [.indexed(16), .indexed(52), .indexed(196)])
  }
}
