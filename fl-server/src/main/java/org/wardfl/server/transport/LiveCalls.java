package org.wardfl.server.transport;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.wardfl.certs.CertifiedName;
import org.wardfl.certs.Peer;
import org.wardfl.proto.channel.Refusal;

/// The calls that last now, by who made them. Thread-safe.
final class LiveCalls {

  private final int mostPerCaller;
  private final Map<GuardedCall<?, ?>, Peer> calls = new ConcurrentHashMap<>();
  private final Map<CertifiedName, Integer> counts = new HashMap<>();

  LiveCalls(int mostPerCaller) {
    this.mostPerCaller = mostPerCaller;
  }

  boolean enter(Peer peer, GuardedCall<?, ?> call) {
    synchronized (counts) {
      if (counts.getOrDefault(peer.name(), 0) >= mostPerCaller) {
        return false;
      }
      counts.merge(peer.name(), 1, Integer::sum);
    }
    calls.put(call, peer);
    return true;
  }

  void leave(Peer peer, GuardedCall<?, ?> call) {
    if (calls.remove(call) != null) {
      synchronized (counts) {
        counts.computeIfPresent(peer.name(), (_, count) -> count > 1 ? count - 1 : null);
      }
    }
  }

  /// Ends the calls of those against whom there is something now.
  ///
  /// @return whose calls were ended
  Set<CertifiedName> sweep(Function<Peer, Optional<Refusal>> obstacle) {
    Set<CertifiedName> ended = ConcurrentHashMap.newKeySet();
    calls.forEach((call, peer) ->
        obstacle
            .apply(peer)
            .ifPresent(refusal -> {
              ended.add(peer.name());
              call.end(refusal);
            }));
    return ended;
  }
}
