package org.wardfl.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// The journal as a database file: its settings, its table, its version, its structure.
final class SqliteJournal {

  // "ward" in ASCII: tells a journal from other programs' databases.
  private static final int APPLICATION = 0x77617264;
  private static final int VERSION = 1;

  private final Path file;
  private final Connection database;

  SqliteJournal(Path file, Connection database) {
    this.file = file;
    this.database = database;
  }

  /// Makes the table in a new file, or checks the file that is there.
  void prepare() throws SQLException, IOException {
    try (var statement = database.createStatement()) {
      statement.execute("PRAGMA busy_timeout=0");
      statement.execute("PRAGMA locking_mode=EXCLUSIVE");
      requireAnswer(statement, "journal_mode=WAL", "wal");
      statement.execute("PRAGMA synchronous=FULL");
      statement.execute("PRAGMA fullfsync=ON");
      statement.execute("PRAGMA cell_size_check=ON");
      statement.execute("PRAGMA wal_autocheckpoint=0");
      requireAnswer(statement, "quick_check(1)", "ok");
      long version = number(statement, "PRAGMA user_version");
      long application = number(statement, "PRAGMA application_id");
      if (application == 0 && number(statement, "SELECT count(*) FROM sqlite_schema") == 0) {
        create(statement);
      } else if (application != APPLICATION) {
        throw new IOException("file " + file + " is no journal of Ward" + SqliteEventStore.REMEDY);
      } else if (version != VERSION) {
        throw new IOException(
            "journal "
                + file
                + " has format "
                + version
                + ", this version reads format "
                + VERSION
                + "; use the version of Ward that wrote it, or a later one");
      }
    }
  }

  private static void create(Statement statement) throws SQLException {
    statement.execute("BEGIN IMMEDIATE");
    // Without a row number the key is the table itself: no second tree that could say otherwise.
    statement.execute(
        "CREATE TABLE event (stream TEXT NOT NULL, sequence INTEGER NOT NULL, epoch INTEGER NOT"
            + " NULL, checksum INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (stream,"
            + " sequence)) STRICT, WITHOUT ROWID");
    statement.execute("PRAGMA application_id=" + APPLICATION);
    statement.execute("PRAGMA user_version=" + VERSION);
    statement.execute("COMMIT");
  }

  private void requireAnswer(Statement statement, String pragma, String expected)
      throws SQLException, IOException {
    try (var found = statement.executeQuery("PRAGMA " + pragma)) {
      var answer = found.next() ? found.getString(1) : "nothing";
      if (!answer.equals(expected)) {
        throw new IOException(
            "journal "
                + file
                + ": "
                + pragma
                + " gave '"
                + answer
                + "', expected '"
                + expected
                + "'"
                + SqliteEventStore.REMEDY);
      }
    }
  }

  private static long number(Statement statement, String query) throws SQLException {
    try (var found = statement.executeQuery(query)) {
      return found.next() ? found.getLong(1) : 0;
    }
  }
}
