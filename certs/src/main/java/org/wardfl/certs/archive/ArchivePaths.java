package org.wardfl.certs.archive;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.regex.Pattern;
import org.wardfl.certs.CertifiedName;

/// Which names the files of an archive may have: those that mean the same on every system.
final class ArchivePaths {

  private static final int MAX_LENGTH = 200;
  private static final int MAX_DEPTH = 16;
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");

  private ArchivePaths() {}

  /// Refuses one name.
  static void check(String path) throws ArchiveException {
    var shown = "file '" + CertifiedName.visible(path) + "'";
    if (path.length() > MAX_LENGTH) {
      throw new ArchiveException(
          shown + ": a name of " + path.length() + " characters, expected at most " + MAX_LENGTH);
    }
    var parts = path.split("/", -1);
    if (parts.length > MAX_DEPTH) {
      throw new ArchiveException(
          shown + " lies " + parts.length + " folders deep, expected at most " + MAX_DEPTH);
    }
    for (var part : parts) {
      if (part.startsWith(".") && !part.equals(".") && !part.equals("..")) {
        throw new ArchiveException(
            shown + " is hidden; expected none that is: rename it, or move it elsewhere");
      }
      if (!PART.matcher(part).matches()) {
        throw new ArchiveException(
            shown + ": expected a relative name of letters, digits, '.', '_' and '-'");
      }
    }
  }

  /// Refuses names of which two are one on a system that does not tell capitals apart, or of which
  /// one is a folder of another.
  static void checkTogether(Collection<String> paths) throws ArchiveException {
    var files = new HashSet<String>();
    var folders = new HashMap<String, String>();
    for (var path : paths) {
      if (!files.add(path.toLowerCase(Locale.ROOT))) {
        throw new ArchiveException(
            "file '" + path + "' is there twice, or once more with other capitals");
      }
      for (int end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
        var folder = path.substring(0, end);
        var other = folders.putIfAbsent(folder.toLowerCase(Locale.ROOT), folder);
        if (other != null && !other.equals(folder)) {
          throw new ArchiveException(
              "folder '" + folder + "' is also there as '" + other + "', with other capitals");
        }
      }
    }
    for (var folder : folders.entrySet()) {
      if (files.contains(folder.getKey())) {
        throw new ArchiveException("'" + folder.getValue() + "' is both a file and a folder");
      }
    }
  }
}
