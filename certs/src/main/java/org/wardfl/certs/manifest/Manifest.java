package org.wardfl.certs.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.wardfl.certs.IdentityException;

/// What is signed: files with sizes and hashes, and the context that they were signed for.
///
/// There is exactly one text for one manifest: context fields sorted by key, files by path, both as
/// Java compares strings; everything outside printable ASCII percent-encoded. The decoder refuses
/// any other text, so nothing can be said twice or be read in two ways.
///
/// @param type what the signature is for, such as `kit` or `job`; a manifest of one type is never
///   accepted as another
/// @param context what the files are for: job id, submitter, sites, seed, `expires` (ISO 8601), …;
///   the keys are the caller's, the values any text
/// @param files every file, by path
public record Manifest(String type, Map<String, String> context, Map<String, FileEntry> files) {

  /// The context key whose value, an ISO 8601 instant, ends the signature's validity.
  public static final String EXPIRES = "expires";

  private static final String FIRST_LINE = "ward-manifest 1";
  private static final int MAX_FILES = 10_000;
  private static final int MAX_BYTES = 16 << 20;
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9_-]{0,63}");

  /// Sorts, copies and checks.
  ///
  /// @throws IllegalArgumentException if a word is malformed, a file stands under another path, or
  ///   there are more than 10,000 files
  public Manifest {
    context = Collections.unmodifiableMap(new TreeMap<>(context));
    files = Collections.unmodifiableMap(new TreeMap<>(files));
    if (!WORD.matcher(type).matches()
        || !context.keySet().stream().allMatch(key -> WORD.matcher(key).matches())) {
      throw new IllegalArgumentException(
          "type '"
              + type
              + "' or a key of "
              + context.keySet()
              + ": expected lower-case letters, digits, _ and -");
    }
    if (files.size() > MAX_FILES) {
      throw new IllegalArgumentException(files.size() + " files, expected at most " + MAX_FILES);
    }
    files.forEach((path, entry) -> {
      if (!path.equals(entry.path())) {
        throw new IllegalArgumentException("file " + entry.path() + " stands under " + path);
      }
    });
  }

  /// A manifest of these files.
  public static Manifest of(String type, Map<String, String> context, List<FileEntry> files) {
    var byPath = new TreeMap<String, FileEntry>();
    for (var file : files) {
      if (byPath.put(file.path(), file) != null) {
        throw new IllegalArgumentException("file " + file.path() + " is listed twice");
      }
    }
    return new Manifest(type, context, byPath);
  }

  /// The size of every file, in bytes, by path.
  public Map<String, Long> sizes() {
    var sizes = new TreeMap<String, Long>();
    files.forEach((path, file) -> sizes.put(path, file.size()));
    return Collections.unmodifiableMap(sizes);
  }

  /// The one text of this manifest, in ASCII.
  public byte[] encode() {
    var text = new StringBuilder(FIRST_LINE).append("\ntype ").append(type).append('\n');
    context.forEach((key, value) ->
        text.append("context ").append(key).append(' ').append(escape(value)).append('\n'));
    for (var file : files.values()) {
      text.append("file ")
          .append(file.sha256())
          .append(' ')
          .append(file.size())
          .append(' ')
          .append(escape(file.path()))
          .append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads the text of a manifest.
  ///
  /// @throws IdentityException if it is not exactly what [#encode()] writes
  public static Manifest decode(byte[] bytes) throws IdentityException {
    if (bytes.length > MAX_BYTES) {
      throw new IdentityException("a manifest larger than " + MAX_BYTES + " bytes");
    }
    var lines = new String(bytes, StandardCharsets.US_ASCII).split("\n", -1);
    try {
      if (lines.length < 3 || !lines[0].equals(FIRST_LINE) || !lines[1].startsWith("type ")) {
        throw new IllegalArgumentException("expected '" + FIRST_LINE + "' and a type");
      }
      var context = new TreeMap<String, String>();
      var files = new ArrayList<FileEntry>();
      for (int i = 2; i < lines.length - 1; i++) {
        var words = lines[i].split(" ", -1);
        if (words.length == 3 && words[0].equals("context")) {
          context.put(words[1], unescape(words[2]));
        } else if (words.length == 4 && words[0].equals("file")) {
          files.add(new FileEntry(unescape(words[3]), Long.parseLong(words[2]), words[1]));
        } else {
          throw new IllegalArgumentException("line " + (i + 1) + " is neither context nor file");
        }
      }
      var manifest = of(lines[1].substring("type ".length()), context, files);
      if (Arrays.equals(manifest.encode(), bytes)) {
        return manifest;
      }
    } catch (IllegalArgumentException e) {
      throw new IdentityException("not a manifest: " + e.getMessage(), e);
    }
    throw new IdentityException("not a manifest: the same could be written in another way");
  }

  private static String escape(String text) {
    var escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b > ' ' && b < 0x7f && b != '%') {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(HexFormat.of().toHexDigits(b));
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        if (i + 3 > text.length()) {
          throw new IllegalArgumentException("a percent sign without two digits");
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
