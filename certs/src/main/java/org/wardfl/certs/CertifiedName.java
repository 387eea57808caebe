package org.wardfl.certs;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/// Who a certificate speaks for, as its subject alternative name says it:
/// `ward://<project>/<role>/<name>`.
///
/// Each part is percent-encoded (RFC 3986 section 2.1; only unreserved characters stay as they
/// are), so there is exactly one text for one name.
///
/// @param project the federation
/// @param role `server`, `site`, `signer`, `ca`, or the role of a person such as `lead`
/// @param name the participant, at most 64 characters (the limit of a common name, RFC 5280)
public record CertifiedName(String project, String role, String name) {

  static final String AUTHORITY = "ca";

  private static final String SCHEME = "ward://";
  private static final int MAX_LENGTH = 64;
  private static final Pattern ROLE = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /// Checks the parts.
  ///
  /// @throws IllegalArgumentException if a part is empty, too long or has an invisible character
  public CertifiedName {
    checkText("project", project);
    checkText("name", name);
    if (!ROLE.matcher(role).matches()) {
      throw new IllegalArgumentException(
          "role '" + visible(role) + "': expected lower-case letters, digits and _, at most 32");
    }
  }

  /// The kind of certificate that carries this name.
  public LeafProfile profile() {
    return LeafProfile.ofRole(role);
  }

  /// Whether this is the name of an authority.
  public boolean isAuthority() {
    return role.equals(AUTHORITY);
  }

  /// The text in the certificate.
  public String uri() {
    return SCHEME + encode(project) + "/" + encode(role) + "/" + encode(name);
  }

  /// Reads the text of a certificate.
  ///
  /// @throws IdentityException if it is not exactly what [#uri()] writes
  public static CertifiedName parse(String uri) throws IdentityException {
    try {
      var parts = uri.startsWith(SCHEME) ? uri.substring(SCHEME.length()).split("/", -1) : null;
      if (parts != null && parts.length == 3) {
        var name = new CertifiedName(decode(parts[0]), decode(parts[1]), decode(parts[2]));
        if (name.uri().equals(uri)) {
          return name;
        }
      }
    } catch (IllegalArgumentException | CharacterCodingException e) {
      throw new IdentityException("name '" + visible(uri) + "': " + e.getMessage(), e);
    }
    throw new IdentityException(
        "name '" + visible(uri) + "', expected ward://<project>/<role>/<name>, percent-encoded");
  }

  /// Replaces what a terminal would not show as it is, for messages about hostile texts.
  public static String visible(String text) {
    return visible(text, 200);
  }

  /// The same for a text of another length.
  ///
  /// @param longest code points that are shown; what follows is left out
  public static String visible(String text, int longest) {
    var shown = new StringBuilder();
    text.codePoints()
        .limit(longest)
        .forEach(c -> {
          if (isInvisible(c)) {
            shown.append(String.format("<U+%04X>", c));
          } else {
            shown.appendCodePoint(c);
          }
        });
    return shown.toString();
  }

  /// Refuses a text that is empty, longer than 64 characters, or that does not show all it has.
  static void checkText(String what, String text) {
    if (text.isBlank() || text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          what + " '" + visible(text) + "': expected 1 to " + MAX_LENGTH + " characters");
    }
    if (text.codePoints().anyMatch(CertifiedName::isInvisible)) {
      throw new IllegalArgumentException(
          what + " '" + visible(text) + "': control and invisible characters are not allowed");
    }
  }

  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String encode(String text) {
    var encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean unreserved =
          (b >= 'a' && b <= 'z')
              || (b >= 'A' && b <= 'Z')
              || (b >= '0' && b <= '9')
              || "-._~".indexOf(b) >= 0;
      if (unreserved) {
        encoded.append((char) b);
      } else {
        encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
      }
    }
    return encoded.toString();
  }

  private static String decode(String text) throws CharacterCodingException {
    var bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 3 > text.length()) {
          throw new IllegalArgumentException("a percent sign is not followed by two digits");
        }
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c < 0x80) {
        bytes.write(c);
      } else {
        throw new IllegalArgumentException("characters outside ASCII must be percent-encoded");
      }
    }
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(bytes.toByteArray()))
        .toString();
  }

  @Override
  public String toString() {
    return uri();
  }
}
