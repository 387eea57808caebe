package org.wardfl.client.link;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.TimeUnit;
import org.wardfl.proto.wire.AuditCheckpoint;
import org.wardfl.proto.wire.FederationGrpc;

/// Tells the server how far this site's audit log has come, and hears how far the server's has.
public final class WitnessCall {

  private static final long SECONDS = 30;

  private final ServerChannel channel;

  /// Over this connection.
  public WitnessCall(ServerChannel channel) {
    this.channel = channel;
  }

  /// Exchanges checkpoints; nothing in the server's is believed yet.
  ///
  /// @param own the site's; empty if nothing has happened
  /// @return the server's; empty if nothing has happened there
  /// @throws LinkException if the server cannot be asked, or refuses
  public byte[] exchange(byte[] own) throws LinkException {
    try {
      return FederationGrpc.newBlockingStub(channel.channel())
          .withDeadlineAfter(SECONDS, TimeUnit.SECONDS)
          .witness(AuditCheckpoint.newBuilder().setCheckpoint(ByteString.copyFrom(own)).build())
          .getCheckpoint()
          .toByteArray();
    } catch (StatusRuntimeException e) {
      throw new LinkException(
          "the server keeps no checkpoint of this site's audit log: " + channel.explain(e), e);
    }
  }
}
