package org.wardfl.server.transport;

import io.netty.channel.Channel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes a new connection at once when its address, or everybody together, has too many: before
/// TLS, so that it costs nothing.
final class BoundedServerChannel extends NioServerSocketChannel {

  private static final Logger LOG = LoggerFactory.getLogger(BoundedServerChannel.class);

  private final int most;
  private final int mostPerAddress;
  // Connections end on other threads than the one that accepts.
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int total;

  BoundedServerChannel(TransportLimits limits) {
    this.most = limits.connections();
    this.mostPerAddress = limits.connectionsPerAddress();
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
        LOG.atWarn()
            .addKeyValue("address", connection.remoteAddress())
            .log("a connection was closed: there are too many");
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
      if (total >= most || open.getOrDefault(address, 0) >= mostPerAddress) {
        return false;
      }
      total++;
      open.merge(address, 1, Integer::sum);
    }
    Channel closing = connection;
    closing.closeFuture().addListener(_ -> leave(address));
    return true;
  }

  private void leave(InetAddress address) {
    synchronized (open) {
      total--;
      open.computeIfPresent(address, (_, count) -> count > 1 ? count - 1 : null);
    }
  }
}
