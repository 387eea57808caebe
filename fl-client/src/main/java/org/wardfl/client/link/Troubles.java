package org.wardfl.client.link;

import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;

/// What has gone wrong since it last went well, each kind once: the same sentence every few seconds
/// for a night hides every other one. Thread-safe.
final class Troubles {

  private static final int MOST = 50;

  /// Times and the ports of this side differ from one attempt to the next.
  private static final Pattern CHANGING =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z?|/[0-9.:\\[\\]a-f]+:\\d+");

  private final Set<String> told = new HashSet<>();

  /// Whether this was not told yet.
  synchronized boolean isNew(String trouble) {
    var kind = CHANGING.matcher(trouble).replaceAll("");
    if (told.contains(kind)) {
      return false;
    }
    if (told.size() >= MOST) {
      told.clear();
    }
    return told.add(kind);
  }

  /// It went well.
  synchronized void over() {
    told.clear();
  }
}
