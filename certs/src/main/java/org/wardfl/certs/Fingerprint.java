package org.wardfl.certs;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// A SHA-256 over some bytes, to be compared by people.
///
/// @param digest the 64 hexadecimal digits
public record Fingerprint(String digest) {

  private static final int SPOKEN_GROUP = 4;
  private static final int SPOKEN_DIGITS = 32;

  /// The fingerprint of these bytes.
  public static Fingerprint of(byte[] bytes) {
    return new Fingerprint(HexFormat.of().formatHex(sha256(bytes)));
  }

  /// The first 128 bits in groups of four digits, to be read over the telephone.
  public String spoken() {
    var text = new StringBuilder();
    for (int i = 0; i < SPOKEN_DIGITS; i += SPOKEN_GROUP) {
      text.append(i == 0 ? "" : " ").append(digest, i, i + SPOKEN_GROUP);
    }
    return text.toString();
  }

  /// Whether a person's text, with any spaces, colons and capitals, names this one.
  ///
  /// At least the spoken 32 digits must be given.
  public boolean matches(String text) {
    var digits = text.replaceAll("[\\s:-]", "").toLowerCase(java.util.Locale.ROOT);
    return digits.length() >= SPOKEN_DIGITS
        && digits.length() <= digest.length()
        && Arrays.equals(digits.toCharArray(), digest.substring(0, digits.length()).toCharArray());
  }

  static byte[] sha256(byte[] bytes) {
    return newSha256().digest(bytes);
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  @Override
  public String toString() {
    return digest;
  }
}
