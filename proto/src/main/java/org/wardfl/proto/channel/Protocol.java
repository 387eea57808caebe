package org.wardfl.proto.channel;

import io.grpc.Metadata;

/// Version and sizes of the wire.
public final class Protocol {

  /// The version that this software speaks.
  public static final int CURRENT = 1;

  /// The oldest that it still speaks; the version before the current one, when there is one.
  public static final int OLDEST = 1;

  /// The versions that this software speaks.
  public static final Versions SPOKEN = new Versions(OLDEST, CURRENT);

  /// The most bytes of a file in one message. 512 KiB to 1 MiB are the quickest; smaller ones cost
  /// CPU, larger ones memory.
  public static final int CHUNK_BYTES = 512 << 10;

  /// The most bytes of a file that a message may have.
  public static final int MAX_CHUNK_BYTES = 1 << 20;

  /// The most bytes of a message.
  public static final int MAX_MESSAGE_BYTES = MAX_CHUNK_BYTES + (64 << 10);

  /// The most bytes of a desired state in one message, which says beside it what it is.
  public static final int MAX_DESIRED_BYTES = MAX_MESSAGE_BYTES - 64;

  /// The flow-control window of either side, in bytes: a window caps a stream at one window a round
  /// trip, and is what a slow reader can make the other side hold.
  public static final int WINDOW_BYTES = 2 << 20;

  /// The server's epoch, in the headers of every answer.
  public static final Metadata.Key<String> EPOCH =
      Metadata.Key.of("ward-epoch", Metadata.ASCII_STRING_MARSHALLER);

  /// The server's clock when it answered, in milliseconds since 1970-01-01 UTC; for people who look
  /// for a wrong clock, and nothing else. Absent from servers before this header.
  public static final Metadata.Key<String> TIME =
      Metadata.Key.of("ward-time", Metadata.ASCII_STRING_MARSHALLER);

  private Protocol() {}
}
