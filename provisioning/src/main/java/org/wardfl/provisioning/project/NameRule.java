package org.wardfl.provisioning.project;

import java.util.regex.Pattern;

/// What names may look like (FLARE's rules), each with the sentence that explains it.
enum NameRule {
  PROJECT("[A-Za-z0-9][A-Za-z0-9 _.-]{0,63}", "1 to 64 letters, digits, spaces, _ . and -"),
  SITE("[A-Za-z0-9_-]{1,63}", "1 to 63 letters, digits, - and _"),
  ORGANIZATION("[A-Za-z0-9_]{1,63}", "1 to 63 letters, digits and _"),
  USER(
      "[A-Za-z0-9_+-]+(\\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(\\.[A-Za-z0-9-]+)*\\.[A-Za-z]{2,}",
      "an e-mail address of at most 64 characters, such as alice@uni.org"),
  SERVER(
      "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*",
      "a DNS name of at most 64 characters, such as fl.example.org"),
  HOST(
      "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
          + "|[0-9a-fA-F:]*:[0-9a-fA-F:.]*",
      "a DNS name or an IP address");

  private static final int MAX_LENGTH = 64;
  private static final int MAX_HOST = 253;

  private final String pattern;
  private final String sentence;

  NameRule(String pattern, String sentence) {
    this.pattern = pattern;
    this.sentence = sentence;
  }

  boolean allows(String name) {
    return name.length() <= (this == HOST ? MAX_HOST : MAX_LENGTH)
        && Pattern.matches(pattern, name);
  }

  String sentence() {
    return sentence;
  }
}
