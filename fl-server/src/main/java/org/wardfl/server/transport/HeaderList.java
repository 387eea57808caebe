package org.wardfl.server.transport;

import io.grpc.Metadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The headers of a call, measured.
final class HeaderList {

  private static final int OVERHEAD = 32;

  private HeaderList() {}

  /// The size as HTTP/2 counts it (RFC 9113 section 6.5.2).
  static int bytes(Metadata headers) {
    int bytes = 0;
    for (var name : headers.keys()) {
      if (name.endsWith(Metadata.BINARY_HEADER_SUFFIX)) {
        var key = Metadata.Key.of(name, Metadata.BINARY_BYTE_MARSHALLER);
        for (var value : values(headers.getAll(key))) {
          // In base64 on the wire.
          bytes += name.length() + (value.length + 2) / 3 * 4 + OVERHEAD;
        }
      } else {
        var key = Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
        for (var value : values(headers.getAll(key))) {
          bytes += name.length() + value.length() + OVERHEAD;
        }
      }
    }
    return bytes;
  }

  private static <T> Iterable<T> values(@Nullable Iterable<T> all) {
    return all == null ? List.of() : all;
  }
}
