#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A colour in CIELAB (white D65), where distances are roughly those the eye sees.
public struct LabColor: Sendable, Hashable {
  /// Lightness from 0, black, to 100, white.
  public var lightness: Double
  /// Green to red.
  public var a: Double
  /// Blue to yellow.
  public var b: Double

  /// Converts a colour of sRGB.
  public init(_ color: RGBColor) {
    let red = color.red.linearLight
    let green = color.green.linearLight
    let blue = color.blue.linearLight
    let x = (0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047
    let y = 0.2126729 * red + 0.7151522 * green + 0.0721750 * blue
    let z = (0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883
    func curve(_ value: Double) -> Double {
      value > 0.008856451679 ? cbrt(value) : (903.2962963 * value + 16) / 116
    }
    lightness = 116 * curve(y) - 16
    a = 500 * (curve(x) - curve(y))
    b = 200 * (curve(y) - curve(z))
  }

  /// The distance of two colours (CIE76).
  public func distance(to other: LabColor) -> Double {
    let light = lightness - other.lightness
    return (light * light + (a - other.a) * (a - other.a) + (b - other.b) * (b - other.b))
      .squareRoot()
  }
}

extension RGBColor {
  /// Relative luminance as WCAG defines it, 0...1.
  public var luminance: Double {
    0.2126 * red.linearLight + 0.7152 * green.linearLight + 0.0722 * blue.linearLight
  }

  /// The contrast ratio with another colour as WCAG defines it, 1...21.
  public func contrast(with other: RGBColor) -> Double {
    let pair = [luminance, other.luminance].sorted()
    return (pair[1] + 0.05) / (pair[0] + 0.05)
  }
}

extension UInt8 {
  fileprivate var linearLight: Double {
    let value = Double(self) / 255
    return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
  }
}
