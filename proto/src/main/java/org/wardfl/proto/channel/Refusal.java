package org.wardfl.proto.channel;

import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.wardfl.proto.PlainText;
import org.wardfl.proto.wire.ErrorDetail;

/// Why the other side ended a call: a reason of the closed list and a sentence.
///
/// @param reason what kind
/// @param message for people; may cross the wire, so it has no path
public record Refusal(Reason reason, String message) {

  private static final Metadata.Key<byte[]> TRAILER =
      Metadata.Key.of("ward-error-bin", Metadata.BINARY_BYTE_MARSHALLER);
  private static final int LONGEST = 1000;

  /// Cuts what is too long. A message may quote what somebody sent and is shown on a terminal, so
  /// its characters are made visible at both ends.
  public Refusal {
    message = PlainText.of(message, LONGEST);
  }

  /// The status of a call that ends so; its description is for clients that know no more than gRPC.
  public Status status() {
    return Status.fromCode(reason.code()).withDescription(message);
  }

  /// The trailers of a call that ends so.
  public Metadata trailers() {
    var trailers = new Metadata();
    trailers.put(
        TRAILER,
        ErrorDetail.newBuilder()
            .setReason(reason.wire())
            .setMessage(message)
            .build()
            .toByteArray());
    return trailers;
  }

  /// For handlers that end a call by an exception.
  public StatusException exception() {
    return new StatusException(status(), trailers());
  }

  /// The refusal in a failed call; empty if no server of ours ended it: nobody answers there, or
  /// the connection broke.
  public static Optional<Refusal> of(Throwable failure) {
    return switch (failure) {
      case StatusRuntimeException e -> of(e.getTrailers());
      case StatusException e -> of(e.getTrailers());
      default -> Optional.empty();
    };
  }

  private static Optional<Refusal> of(@Nullable Metadata trailers) {
    var bytes = trailers == null ? null : trailers.get(TRAILER);
    if (bytes == null) {
      return Optional.empty();
    }
    try {
      var detail = ErrorDetail.parseFrom(bytes);
      return Optional.of(new Refusal(Reason.ofWire(detail.getReason()), detail.getMessage()));
    } catch (InvalidProtocolBufferException _) {
      return Optional.empty();
    }
  }
}
