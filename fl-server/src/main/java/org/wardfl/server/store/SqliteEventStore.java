package org.wardfl.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// All streams in one SQLite database: write-ahead log, `synchronous=FULL`, so an append that
/// returned survives a kill and a loss of power.
///
/// Every event has a CRC32C of its own, since SQLite has none for what it stores. A full disk is
/// reported and the next append may succeed; after any other failed write the store takes nothing
/// more until it is opened anew, because nobody knows what the disk has (fsync is not tried twice).
public final class SqliteEventStore implements EventStore {

  private static final int VERSION = 1;

  private final Path file;
  private final Connection database;
  private boolean broken;

  private SqliteEventStore(Path file, Connection database) {
    this.file = file;
    this.database = database;
  }

  /// Opens the database, which is made if it does not exist, and checks its structure.
  ///
  /// @throws IOException if it is damaged, of a later version, or in use by another process
  public static SqliteEventStore open(Path file) throws IOException {
    try {
      var database = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
      try {
        prepare(file, database);
        return new SqliteEventStore(file, database);
      } catch (SQLException | IOException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failure(file, "cannot be opened", e);
    }
  }

  private static void prepare(Path file, Connection database) throws SQLException, IOException {
    try (var statement = database.createStatement()) {
      statement.execute("PRAGMA locking_mode=EXCLUSIVE");
      statement.execute("PRAGMA journal_mode=WAL");
      statement.execute("PRAGMA synchronous=FULL");
      try (var found = statement.executeQuery("PRAGMA quick_check(1)")) {
        if (!found.next() || !found.getString(1).equals("ok")) {
          throw new IOException(
              "journal "
                  + file
                  + " is damaged: "
                  + found.getString(1)
                  + "; restore it from a backup, or move it away to begin anew");
        }
      }
      int version;
      try (var found = statement.executeQuery("PRAGMA user_version")) {
        version = found.next() ? found.getInt(1) : 0;
      }
      if (version > VERSION) {
        throw new IOException(
            "journal "
                + file
                + " has format "
                + version
                + ", this version reads up to "
                + VERSION
                + "; upgrade Ward");
      }
      if (version == 0) {
        statement.execute("BEGIN IMMEDIATE");
        statement.execute(
            "CREATE TABLE event (stream TEXT NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER"
                + " NOT NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL, UNIQUE (stream,"
                + " sequence)) STRICT");
        statement.execute("PRAGMA user_version=" + VERSION);
        statement.execute("COMMIT");
      }
    }
    database.setAutoCommit(false);
  }

  @Override
  public synchronized void append(
      String stream, long expectedSequence, long epoch, List<byte[]> events)
      throws IOException, StaleWriterException {
    if (broken) {
      throw new IOException(
          "journal " + file + " takes nothing more after a failed write; start the server again");
    }
    boolean committed = false;
    try {
      refuseStale(stream, expectedSequence, epoch);
      try (var insert = database.prepareStatement("INSERT INTO event VALUES (?, ?, ?, ?, ?)")) {
        long sequence = expectedSequence;
        for (var event : events) {
          insert.setString(1, stream);
          insert.setLong(2, sequence);
          insert.setLong(3, epoch);
          insert.setLong(4, checksum(stream, sequence, event));
          insert.setBytes(5, event);
          insert.addBatch();
          sequence++;
        }
        insert.executeBatch();
      }
      database.commit();
      committed = true;
    } catch (SQLException e) {
      broken = !isFull(e);
      throw failure(file, "cannot be written", e);
    } finally {
      if (!committed) {
        rollback();
      }
    }
  }

  private void refuseStale(String stream, long expectedSequence, long epoch)
      throws SQLException, StaleWriterException {
    try (var query =
        database.prepareStatement(
            "SELECT (SELECT count(*) FROM event WHERE stream = ?), (SELECT max(epoch) FROM"
                + " (SELECT epoch FROM event ORDER BY rowid DESC LIMIT 1))")) {
      query.setString(1, stream);
      try (var found = query.executeQuery()) {
        found.next();
        if (found.getLong(2) > epoch) {
          throw new StaleWriterException(
              "epoch " + found.getLong(2) + " has written, this is epoch " + epoch);
        }
        if (found.getLong(1) != expectedSequence) {
          throw new StaleWriterException(
              "stream "
                  + stream
                  + " has "
                  + found.getLong(1)
                  + " events, expected "
                  + expectedSequence);
        }
      }
    }
  }

  private void rollback() throws IOException {
    try {
      database.rollback();
    } catch (SQLException e) {
      broken = true;
      throw failure(file, "cannot undo a failed write", e);
    }
  }

  @Override
  public synchronized List<byte[]> read(String stream, long fromSequence) throws IOException {
    try (var query =
        database.prepareStatement(
            "SELECT sequence, checksum, body FROM event WHERE stream = ? AND sequence >= ? ORDER BY"
                + " sequence")) {
      query.setString(1, stream);
      query.setLong(2, fromSequence);
      return events(stream, fromSequence, query);
    } catch (SQLException e) {
      throw failure(file, "cannot be read", e);
    }
  }

  private List<byte[]> events(String stream, long fromSequence, PreparedStatement query)
      throws SQLException, IOException {
    var events = new ArrayList<byte[]>();
    try (var found = query.executeQuery()) {
      long expected = fromSequence;
      while (found.next()) {
        long sequence = found.getLong(1);
        byte[] body = found.getBytes(3);
        if (sequence != expected || found.getLong(2) != checksum(stream, sequence, body)) {
          throw new IOException(
              "journal "
                  + file
                  + ", stream "
                  + stream
                  + ": event "
                  + expected
                  + (sequence == expected ? " has another checksum" : " is missing")
                  + "; restore the file from a backup");
        }
        events.add(body);
        expected++;
      }
    }
    return events;
  }

  @Override
  public synchronized List<String> streams() throws IOException {
    try (var statement = database.createStatement();
        var found = statement.executeQuery("SELECT DISTINCT stream FROM event ORDER BY stream")) {
      var streams = new ArrayList<String>();
      while (found.next()) {
        streams.add(found.getString(1));
      }
      return streams;
    } catch (SQLException e) {
      throw failure(file, "cannot be read", e);
    }
  }

  private static long checksum(String stream, long sequence, byte[] body) {
    var crc = new CRC32C();
    crc.update((stream + ' ' + sequence + ' ').getBytes(java.nio.charset.StandardCharsets.UTF_8));
    crc.update(body);
    return crc.getValue();
  }

  private static boolean isFull(SQLException e) {
    return e instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_BUSY);
  }

  private static IOException failure(Path file, String what, SQLException e) {
    return new IOException("journal " + file + " " + what + ": " + e.getMessage(), e);
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      database.close();
    } catch (SQLException e) {
      throw failure(file, "cannot be closed", e);
    }
  }
}
