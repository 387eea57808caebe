package org.wardfl.certs;

import java.security.SecureRandom;
import java.util.Arrays;

/// A secret text that opens a private key or an archive. Prints as `[REDACTED]`.
public final class Passphrase {

  // No 0 O 1 I L: it may have to be read aloud or typed.
  private static final String ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";
  private static final int GROUPS = 6;
  private static final int GROUP = 5;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final char[] characters;
  private final boolean random;

  /// Takes a copy.
  ///
  /// @throws IllegalArgumentException if it is empty
  public Passphrase(CharSequence text) {
    this(text, false);
  }

  private Passphrase(CharSequence text, boolean random) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a passphrase may not be empty");
    }
    characters = text.toString().toCharArray();
    this.random = random;
  }

  /// A new random one of 148 bits, in groups that can be read over the telephone.
  public static Passphrase random() {
    var text = new StringBuilder();
    for (int i = 0; i < GROUPS * GROUP; i++) {
      if (i > 0 && i % GROUP == 0) {
        text.append('-');
      }
      text.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return new Passphrase(text, true);
  }

  /// Whether it comes from [#random], and so cannot be guessed however quick a guess is.
  boolean isRandom() {
    return random;
  }

  /// A copy of the characters, for the one call that needs them.
  public char[] reveal() {
    return characters.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Passphrase that && Arrays.equals(characters, that.characters);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(characters);
  }

  @Override
  public String toString() {
    return "[REDACTED]";
  }
}
