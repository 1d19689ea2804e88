import Foundation

/// Makes the short name of a theme from its name, as the scheme format says.
enum Slug {
  /// Decomposes, drops accents, lowers, makes spaces hyphens, and drops the rest.
  static func make(from name: String) -> String {
    var slug = ""
    for scalar in name.decomposedStringWithCanonicalMapping.lowercased().unicodeScalars {
      switch scalar {
      case "a"..."z", "0"..."9", "-", "_": slug.unicodeScalars.append(scalar)
      case " ": slug += "-"
      default: break
      }
    }
    return slug.isEmpty ? "unnamed" : slug
  }
}
