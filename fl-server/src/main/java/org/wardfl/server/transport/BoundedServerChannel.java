package org.wardfl.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// Closes a new connection at once when its address, or everybody together, has too many: before
/// TLS, so that it costs nothing. The others' handshakes are watched.
final class BoundedServerChannel extends NioServerSocketChannel {

  private final TransportLimits limits;
  private final ConnectionRefusals refusals;
  // Connections end on other threads than the one that accepts.
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int total;

  BoundedServerChannel(TransportLimits limits, ConnectionRefusals refusals) {
    this.limits = limits;
    this.refusals = refusals;
  }

  @Override
  protected int doReadMessages(List<Object> accepted) throws Exception {
    int before = accepted.size();
    int result = super.doReadMessages(accepted);
    var added = accepted.subList(before, accepted.size());
    for (var each = added.iterator(); each.hasNext(); ) {
      if (each.next() instanceof SocketChannel connection && !admit(connection)) {
        each.remove();
        connection.unsafe().closeForcibly();
      }
    }
    return accepted.size() > before || result < 0 ? result : 0;
  }

  private boolean admit(SocketChannel connection) {
    InetSocketAddress remote = connection.remoteAddress();
    if (remote == null) {
      return false;
    }
    var address = remote.getAddress();
    synchronized (open) {
      int here = open.getOrDefault(address, 0);
      if (total >= limits.connections() || here >= limits.connectionsPerAddress()) {
        refusals.refused(
            remote,
            new Refusal(
                Reason.BUSY,
                "too many connections: " + here + " from this address, " + total + " in all"));
        return false;
      }
      total++;
      open.merge(address, 1, Integer::sum);
    }
    Channel closing = connection;
    closing.closeFuture().addListener(_ -> leave(address));
    connection.pipeline().addFirst(new HandshakeWatch(refusals, limits.handshake()));
    return true;
  }

  private void leave(InetAddress address) {
    synchronized (open) {
      total--;
      open.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
    }
  }
}
