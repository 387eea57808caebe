package org.wardfl.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/// All streams in one SQLite database: write-ahead log, `synchronous=FULL`, so an append that
/// returned survives a kill and a loss of power.
///
/// Every event has a checksum of its own, since SQLite has none for what it stores; all of them are
/// checked when the store is opened. A disk that is full, or refuses a write, is reported, and the
/// next append may succeed. After any other failure the store takes nothing more until it is opened
/// anew: after a failed fsync nobody knows what the disk has, and a second one proves nothing.
public final class SqliteEventStore implements EventStore {

  static final String REMEDY = "; restore it from a backup, or move it away to begin anew";

  private static final Logger LOG = LoggerFactory.getLogger(SqliteEventStore.class);
  // A commit is some pages of 4 KiB, so the log stays at a few MiB.
  private static final int CHECKPOINT_EVERY = 1000;

  private final Path file;
  private final Connection database;
  private final PreparedStatement insert;
  private final Map<String, Long> lengths = new TreeMap<>();
  private long highestEpoch;
  private int sinceCheckpoint;
  private boolean broken;

  private SqliteEventStore(Path file, Connection database) throws SQLException {
    this.file = file;
    this.database = database;
    this.insert = database.prepareStatement("INSERT INTO event VALUES (?, ?, ?, ?, ?)");
  }

  /// Opens the database, which is made if it does not exist, and checks all of it.
  ///
  /// @throws IOException if it is damaged, not a journal, of a later version, or in use by another
  ///   process; the message names file and stream
  public static SqliteEventStore open(Path file) throws IOException {
    WriteAheadLog.requireWhole(file.resolveSibling(file.getFileName() + "-wal"));
    try {
      var database = DriverManager.getConnection("jdbc:sqlite:" + file.toAbsolutePath());
      try {
        new SqliteJournal(file, database).prepare();
        var store = new SqliteEventStore(file, database);
        store.checkEvents();
        return store;
      } catch (SQLException | IOException | RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw failure(file, "cannot be opened", e);
    }
  }

  private void checkEvents() throws SQLException, IOException {
    try (var query =
            database.prepareStatement(
                "SELECT stream, sequence, epoch, checksum, body FROM event"
                    + " ORDER BY stream, sequence");
        var found = query.executeQuery()) {
      while (found.next()) {
        var event = StoredEvent.of(found);
        event.require(file, lengths.getOrDefault(event.stream(), 0L));
        lengths.put(event.stream(), event.sequence() + 1);
        highestEpoch = Math.max(highestEpoch, event.epoch());
      }
    }
  }

  @Override
  public synchronized void append(
      String stream, long expectedSequence, long epoch, List<byte[]> events)
      throws IOException, StaleWriterException {
    if (broken) {
      throw new IOException(
          "journal " + file + " takes nothing more after a failed write; start the server again");
    }
    refuseStale(stream, expectedSequence, epoch);
    boolean committed = false;
    try {
      execute("BEGIN IMMEDIATE");
      long sequence = expectedSequence;
      for (var event : events) {
        StoredEvent.sealed(stream, sequence, epoch, event).insert(insert);
        sequence++;
      }
      execute("COMMIT");
      committed = true;
      lengths.put(stream, sequence);
      highestEpoch = epoch;
    } catch (SQLException e) {
      broken = !isRefusedWrite(e);
      throw failure(file, "cannot be written", e);
    } finally {
      if (!committed) {
        rollBack();
      }
    }
    checkpoint();
  }

  /// Refuses to be written by an epoch that is over.
  ///
  /// @throws IOException if a later one has written
  public synchronized void requireLatest(long epoch) throws IOException {
    if (highestEpoch > epoch) {
      throw new IOException(
          "journal "
              + file
              + " was written by start "
              + highestEpoch
              + " of the server, this is start "
              + epoch
              + "; restore the whole data folder from one backup");
    }
  }

  private void refuseStale(String stream, long expectedSequence, long epoch)
      throws StaleWriterException {
    long length = lengths.getOrDefault(stream, 0L);
    if (highestEpoch > epoch) {
      throw new StaleWriterException(
          "epoch " + highestEpoch + " has written, this is epoch " + epoch);
    }
    if (length != expectedSequence) {
      throw new StaleWriterException(
          "stream " + stream + " has " + length + " events, expected " + expectedSequence);
    }
  }

  private void rollBack() {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite has done it by itself, or the next BEGIN will fail.
      LOG.atDebug().setCause(e).log("nothing to roll back");
    }
  }

  /// Moves the log into the database, which SQLite would do by itself but without telling of a
  /// failure. What was appended is durable in any case.
  private void checkpoint() {
    sinceCheckpoint++;
    if (sinceCheckpoint < CHECKPOINT_EVERY) {
      return;
    }
    sinceCheckpoint = 0;
    try {
      execute("PRAGMA wal_checkpoint(PASSIVE)");
    } catch (SQLException e) {
      broken = !isRefusedWrite(e);
      LOG.atError()
          .addKeyValue("file", file)
          .setCause(e)
          .log("the journal's log cannot be moved into the journal");
    }
  }

  @Override
  public synchronized List<byte[]> read(String stream, long fromSequence) throws IOException {
    try (var query =
        database.prepareStatement(
            "SELECT stream, sequence, epoch, checksum, body FROM event WHERE stream = ? AND"
                + " sequence >= ? ORDER BY sequence")) {
      query.setString(1, stream);
      query.setLong(2, fromSequence);
      var events = new ArrayList<byte[]>();
      try (var found = query.executeQuery()) {
        while (found.next()) {
          var event = StoredEvent.of(found);
          event.require(file, fromSequence + events.size());
          events.add(event.body());
        }
      }
      long expected = Math.max(0, lengths.getOrDefault(stream, 0L) - fromSequence);
      if (events.size() != expected) {
        throw new IOException(
            "journal "
                + file
                + ", stream "
                + stream
                + ": "
                + events.size()
                + " events from number "
                + fromSequence
                + " on, expected "
                + expected
                + REMEDY);
      }
      return events;
    } catch (SQLException e) {
      throw failure(file, "cannot be read", e);
    }
  }

  @Override
  public synchronized List<String> streams() {
    return List.copyOf(lengths.keySet());
  }

  @Override
  public synchronized void close() throws IOException {
    try {
      database.close();
    } catch (SQLException e) {
      throw failure(file, "cannot be closed", e);
    }
  }

  private void execute(String statement) throws SQLException {
    try (var once = database.createStatement()) {
      once.execute(statement);
    }
  }

  /// Whether the disk did not take something, and what it has is still what it had.
  private static boolean isRefusedWrite(SQLException e) {
    return e instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_FULL
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_WRITE);
  }

  private static IOException failure(Path file, String what, SQLException e) {
    var remedy =
        e instanceof SQLiteException sqlite
            ? switch (sqlite.getResultCode()) {
              case SQLITE_CORRUPT, SQLITE_NOTADB -> REMEDY;
              case SQLITE_BUSY, SQLITE_LOCKED -> "; another process uses it";
              default -> "";
            }
            : "";
    return new IOException("journal " + file + " " + what + ": " + e.getMessage() + remedy, e);
  }
}
