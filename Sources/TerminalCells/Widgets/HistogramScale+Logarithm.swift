#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

extension HistogramScale {
  static func logarithm(_ value: Double) -> Double { log(value) }
}
