package org.wardfl.server.store;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.zip.CRC32C;

/// One row of the journal. The checksum covers all of it, so that a row which was changed, or read
/// from another place, shows.
final class StoredEvent {

  private final String stream;
  private final long sequence;
  private final long epoch;
  private final long checksum;
  private final byte[] body;

  private StoredEvent(String stream, long sequence, long epoch, long checksum, byte[] body) {
    this.stream = stream;
    this.sequence = sequence;
    this.epoch = epoch;
    this.checksum = checksum;
    this.body = body;
  }

  static StoredEvent sealed(String stream, long sequence, long epoch, byte[] body) {
    return new StoredEvent(stream, sequence, epoch, checksum(stream, sequence, epoch, body), body);
  }

  static StoredEvent of(ResultSet row) throws SQLException {
    return new StoredEvent(
        row.getString(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getBytes(5));
  }

  String stream() {
    return stream;
  }

  long sequence() {
    return sequence;
  }

  long epoch() {
    return epoch;
  }

  /// The bytes themselves, not a copy.
  byte[] body() {
    return body;
  }

  void insert(PreparedStatement statement) throws SQLException {
    statement.setString(1, stream);
    statement.setLong(2, sequence);
    statement.setLong(3, epoch);
    statement.setLong(4, checksum);
    statement.setBytes(5, body);
    statement.executeUpdate();
  }

  /// Refuses a row that is not the expected one, or not as it was written.
  void require(Path file, long expected) throws IOException {
    if (sequence != expected || checksum != checksum(stream, sequence, epoch, body)) {
      throw new IOException(
          "journal "
              + file
              + ", stream "
              + stream
              + ": event "
              + expected
              + (sequence == expected ? " has another checksum" : " is missing")
              + SqliteEventStore.REMEDY);
    }
  }

  private static long checksum(String stream, long sequence, long epoch, byte[] body) {
    var crc = new CRC32C();
    crc.update((stream + ' ' + sequence + ' ' + epoch + ' ').getBytes(StandardCharsets.UTF_8));
    crc.update(body);
    return crc.getValue();
  }
}
