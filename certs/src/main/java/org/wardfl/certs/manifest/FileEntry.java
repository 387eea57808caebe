package org.wardfl.certs.manifest;

import java.util.Arrays;
import java.util.regex.Pattern;

/// One file of a manifest.
///
/// @param path relative, parts joined by `/`
/// @param size in bytes
/// @param sha256 64 lower-case hexadecimal digits
public record FileEntry(String path, long size, String sha256) {

  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_PATH = 1000;

  /// Checks.
  ///
  /// @throws IllegalArgumentException if the path could leave its folder, or a value is malformed
  public FileEntry {
    boolean escapes =
        Arrays.stream(path.split("/", -1))
            .anyMatch(part -> part.isEmpty() || part.equals(".") || part.equals(".."));
    boolean strange =
        path.indexOf('\\') >= 0
            || path.codePoints().anyMatch(c -> Character.isISOControl(c) || isSurrogate(c));
    if (escapes || strange || path.length() > MAX_PATH) {
      throw new IllegalArgumentException(
          "path '" + path + "': expected a relative path without '.', '..', '\\' and controls");
    }
    if (size < 0 || !DIGEST.matcher(sha256).matches()) {
      throw new IllegalArgumentException("file " + path + ": malformed size or SHA-256");
    }
  }

  private static boolean isSurrogate(int c) {
    return Character.getType(c) == Character.SURROGATE;
  }
}
