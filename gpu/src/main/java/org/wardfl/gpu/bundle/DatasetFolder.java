package org.wardfl.gpu.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.wardfl.algo.bundle.expression.ExpressionException;
import org.wardfl.algo.bundle.expression.SiteFiles;

/// What `glob.glob` finds in a site's dataset, and nowhere else: `*`, `?` and `[...]` within the
/// names of a path, in the order of the paths (Python's order is that of the disk).
///
/// @param folder the dataset
record DatasetFolder(Path folder) implements SiteFiles {

  private static final int MOST = 100_000;

  @Override
  public List<String> glob(String pattern) throws ExpressionException {
    var root = folder.toAbsolutePath().normalize();
    var wanted = Path.of(pattern.replace('\0', ' '));
    boolean climbs = pattern.contains("..") || pattern.contains("**");
    if (climbs || !wanted.startsWith(root)) {
      throw ExpressionException.opaque("files outside the dataset's folder, or at any depth");
    }
    var found = List.of(root);
    for (var name : root.relativize(wanted)) {
      found = below(found, name.toString());
    }
    var paths = new ArrayList<String>();
    found.forEach(path -> paths.add(path.toString()));
    Collections.sort(paths);
    return paths;
  }

  private static List<Path> below(List<Path> folders, String name) throws ExpressionException {
    var found = new ArrayList<Path>();
    boolean literal = !name.matches(".*[*?\\[].*");
    var form = form(name);
    for (var folder : folders) {
      if (literal) {
        if (Files.exists(folder.resolve(name))) {
          found.add(folder.resolve(name));
        }
        continue;
      }
      if (!Files.isDirectory(folder)) {
        continue;
      }
      try (var entries = Files.newDirectoryStream(folder)) {
        for (var entry : entries) {
          var own = String.valueOf(entry.getFileName());
          boolean hidden = own.startsWith(".") && !name.startsWith(".");
          if (!hidden && form.matcher(own).matches()) {
            found.add(entry);
          }
        }
      } catch (IOException e) {
        throw ExpressionException.wrong(
            "the dataset's folder cannot be read: " + e.getClass().getSimpleName());
      }
      if (found.size() > MOST) {
        throw ExpressionException.opaque("more than " + MOST + " files");
      }
    }
    return found;
  }

  /// Source: CPython `Lib/fnmatch.py`.
  private static Pattern form(String name) {
    var form = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      int end = name.indexOf(']', i + 2);
      if (c == '*') {
        form.append(".*");
      } else if (c == '?') {
        form.append('.');
      } else if (c == '[' && end > 0) {
        var set = name.substring(i + 1, end).replace("\\", "\\\\").replace("[", "\\[");
        form.append('[').append(set.startsWith("!") ? "^" + set.substring(1) : set).append(']');
        i = end;
      } else {
        form.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(form.toString(), Pattern.DOTALL);
  }
}
