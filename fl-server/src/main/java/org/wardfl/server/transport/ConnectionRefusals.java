package org.wardfl.server.transport;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;
import org.wardfl.provisioning.audit.AuditLog;

/// Connections that were refused before anybody proved who is there.
///
/// Whoever can reach the port can cause them, so the first of a kind is recorded at once and the
/// others as a number now and then: a flood of connections must not become a flood of records.
/// Thread-safe.
final class ConnectionRefusals {

  private static final int MOST_KINDS = 256;

  private record Kind(String address, Refusal refusal) {}

  private final AuditLog audit;
  private final Map<Kind, Integer> repeated = new HashMap<>();
  private int others;

  ConnectionRefusals(AuditLog audit) {
    this.audit = audit;
  }

  synchronized void refused(@Nullable SocketAddress from, Refusal refusal) {
    var address =
        from instanceof InetSocketAddress inet && inet.getAddress() != null
            ? inet.getAddress().getHostAddress()
            : "an address that is gone";
    var kind = new Kind(address, refusal);
    var count = repeated.get(kind);
    if (count != null) {
      repeated.put(kind, count + 1);
    } else if (repeated.size() < MOST_KINDS) {
      repeated.put(kind, 0);
      record("connection from " + address, refusal.reason(), refusal.message());
    } else {
      others++;
    }
  }

  /// Records what was only counted since the last time.
  synchronized void settle() {
    repeated.forEach((kind, count) -> {
      if (count > 0) {
        record(
            "connection from " + kind.address,
            kind.refusal.reason(),
            count + " more times: " + kind.refusal.message());
      }
    });
    if (others > 0) {
      record(
          "connections",
          Reason.BUSY,
          others + " more were refused, for more reasons than are told apart");
    }
    repeated.clear();
    others = 0;
  }

  private void record(String action, Reason reason, String detail) {
    audit.refused("unknown", action, "", reason.name(), detail);
  }
}
