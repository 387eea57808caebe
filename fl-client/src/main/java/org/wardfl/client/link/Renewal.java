package org.wardfl.client.link;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.wardfl.proto.wire.EnrollmentGrpc;
import org.wardfl.proto.wire.RenewalRequest;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.KitUpdate;

/// Asks for a kit's next certificate over the connection that the present one opens, and installs
/// the answer. The key is made in the kit and never leaves it.
public final class Renewal {

  private static final long SECONDS = 30;

  private final ServerChannel channel;
  private final ActiveKit kit;

  /// A renewal of this kit, whose identity the channel presents.
  public Renewal(ServerChannel channel, ActiveKit kit) {
    this.channel = channel;
    this.kit = kit;
  }

  /// How an attempt ended; each may be followed by another attempt.
  public sealed interface Outcome {}

  /// Two thirds of the certificate's life are not over yet.
  public record NotDue() implements Outcome {}

  /// The project admin has not answered yet.
  public record Waiting() implements Outcome {}

  /// The kit has its next certificate, and it is in use for every new connection.
  ///
  /// @param until when that one ends
  public record Renewed(Instant until) implements Outcome {}

  /// Renews if it is time.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  /// @throws KitException if the answer is not believed
  /// @throws IOException if the kit cannot be read or written
  public Outcome attempt() throws LinkException, KitException, IOException {
    var request = kit.renewal();
    return request.isEmpty() ? new NotDue() : send(request.get());
  }

  /// Sends this request, which is under way in the kit, and installs the answer if there is one.
  ///
  /// @throws LinkException if the server cannot be asked, or refuses
  /// @throws KitException if the answer is not believed
  /// @throws IOException if the kit cannot be read or written
  public Outcome send(Path request) throws LinkException, KitException, IOException {
    var bytes = ByteString.copyFrom(Files.readAllBytes(request));
    try {
      var status = stub().request(RenewalRequest.newBuilder().setRequest(bytes).build());
      if (!status.getAnswered()) {
        return new Waiting();
      }
      var answer = stub().collect(Empty.getDefaultInstance());
      if (answer.getCertificates().isEmpty()) {
        kit.install(KitUpdate.decode("the answer", answer.getUpdate().toByteArray()));
      } else {
        kit.install(answer.getCertificates().toByteArray());
      }
    } catch (StatusRuntimeException e) {
      throw new LinkException("the certificate cannot be renewed: " + channel.explain(e), e);
    }
    channel.identityChanged();
    return new Renewed(kit.identity().notAfter());
  }

  private EnrollmentGrpc.EnrollmentBlockingStub stub() {
    return EnrollmentGrpc.newBlockingStub(channel.channel())
        .withDeadlineAfter(SECONDS, TimeUnit.SECONDS);
  }
}
