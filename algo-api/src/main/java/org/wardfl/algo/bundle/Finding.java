package org.wardfl.algo.bundle;

/// Something about a bundle that its reader should know.
///
/// @param level how bad it is
/// @param where the file, or the file and the id in it
/// @param what was found and what was expected
public record Finding(Level level, String where, String what) {

  /// How bad something is.
  public enum Level {
    /// The bundle cannot be used.
    ERROR,
    /// Real bundles have this, and work.
    WARN
  }

  static Finding error(String where, String what) {
    return new Finding(Level.ERROR, where, what);
  }

  static Finding warn(String where, String what) {
    return new Finding(Level.WARN, where, what);
  }
}
