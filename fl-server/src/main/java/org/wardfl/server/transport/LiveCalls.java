package org.wardfl.server.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.wardfl.certs.CertifiedName;
import org.wardfl.proto.channel.Refusal;

/// The calls that last now, counted by who made them. Thread-safe.
final class LiveCalls {

  private final int mostPerCaller;
  private final Set<GuardedCall<?, ?>> calls = ConcurrentHashMap.newKeySet();
  private final Map<CertifiedName, Integer> counts = new HashMap<>();

  LiveCalls(int mostPerCaller) {
    this.mostPerCaller = mostPerCaller;
  }

  boolean enter(GuardedCall<?, ?> call) {
    var name = call.caller().name();
    synchronized (counts) {
      if (counts.getOrDefault(name, 0) >= mostPerCaller) {
        return false;
      }
      counts.merge(name, 1, Integer::sum);
    }
    calls.add(call);
    return true;
  }

  void leave(GuardedCall<?, ?> call) {
    if (calls.remove(call)) {
      synchronized (counts) {
        counts.computeIfPresent(call.caller().name(), (_, count) -> count > 1 ? count - 1 : null);
      }
    }
  }

  /// How many calls last now.
  int count() {
    return calls.size();
  }

  /// Ends the calls against which there is something now.
  ///
  /// @return whose calls were ended
  Set<CertifiedName> sweep(Function<GuardedCall<?, ?>, Optional<Refusal>> obstacle) {
    Set<CertifiedName> ended = ConcurrentHashMap.newKeySet();
    calls.forEach(call ->
        obstacle
            .apply(call)
            .ifPresent(refusal -> {
              ended.add(call.caller().name());
              call.end(refusal);
            }));
    return ended;
  }
}
