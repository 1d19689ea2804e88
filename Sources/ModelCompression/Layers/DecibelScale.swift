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
}
