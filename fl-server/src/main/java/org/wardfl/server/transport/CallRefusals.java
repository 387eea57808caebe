package org.wardfl.server.transport;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.provisioning.audit.AuditLog;

/// Calls that were refused to callers who proved who they are.
///
/// The first few of a caller and a method are recorded one by one, the others as a number once a
/// minute: one who repeats what is refused must not fill the disk of the log. Thread-safe.
final class CallRefusals {

  /// So many of a kind are recorded one by one within [#INTERVAL].
  static final int FIRST = 20;

  static final Duration INTERVAL = Duration.ofMinutes(1);

  private static final int MOST_KINDS = 1024;

  private record Kind(String caller, String action) {}

  /// @param recorded one by one
  /// @param more were only counted
  /// @param last of those
  private record Count(int recorded, long more, Refusal last) {}

  private final AuditLog audit;
  private final InstantSource clock;
  private final Map<Kind, Count> counts = new HashMap<>();
  private Instant settled;
  private long others;

  CallRefusals(AuditLog audit, InstantSource clock) {
    this.audit = audit;
    this.clock = clock;
    this.settled = clock.instant();
  }

  synchronized void refused(String caller, String action, Refusal refusal) {
    var kind = new Kind(caller, action);
    var count = counts.get(kind);
    if (count == null && counts.size() >= MOST_KINDS) {
      others++;
    } else if (count == null || count.recorded < FIRST) {
      counts.put(kind, new Count(count == null ? 1 : count.recorded + 1, 0, refusal));
      record(caller, action, refusal, "");
    } else {
      counts.put(kind, new Count(FIRST, count.more + 1, refusal));
    }
  }

  /// Records what was only counted, if it is time.
  synchronized void settle() {
    if (!clock.instant().isBefore(settled.plus(INTERVAL))) {
      settleNow();
    }
  }

  /// Records what was only counted.
  synchronized void settleNow() {
    counts.forEach((kind, count) -> {
      if (count.more > 0) {
        record(
            kind.caller, kind.action, count.last, count.more + " more times; the last of them: ");
      }
    });
    if (others > 0) {
      audit.refused(
          "unknown",
          "calls",
          "",
          "BUSY",
          others + " more were refused, of more callers and methods than are told apart");
    }
    counts.clear();
    others = 0;
    settled = clock.instant();
  }

  private void record(String caller, String action, Refusal refusal, String before) {
    audit.refused(caller, action, "", refusal.reason().name(), before + refusal.message());
  }
}
