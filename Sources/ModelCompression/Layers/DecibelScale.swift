#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Logarithms from the C library, in the one file that imports it.
enum DecibelScale {
  /// The decimal logarithm.
  static func log10(_ value: Double) -> Double {
    #if canImport(Glibc)
    Glibc.log10(value)
    #elseif canImport(Musl)
    Musl.log10(value)
    #else
    Darwin.log10(value)
    #endif
  }

  /// 10 log10(signal / noise) of sums that were made side by side; infinity without noise.
  static func signalToNoise(signal: [8 of Double], noise: [8 of Double]) -> Double {
    var (signalSum, noiseSum) = (0.0, 0.0)
    for lane in 0..<8 {
      signalSum += signal[lane]
      noiseSum += noise[lane]
    }
    return noiseSum == 0 ? .infinity : 10 * log10(signalSum / noiseSum)
  }
}
