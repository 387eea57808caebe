package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class SqliteEventStoreTest extends EventStoreContract {

  private static final int APPENDS = 40;

  @Override
  EventStore open() throws IOException {
    return SqliteEventStore.open(file());
  }

  @Test
  void anotherJournalIsNotTaken() throws Exception {
    try (var other = DriverManager.getConnection("jdbc:sqlite:" + file());
        var statement = other.createStatement()) {
      statement.execute("CREATE TABLE patient (name TEXT)");
    }
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("journal.db is no journal of Ward");
  }

  @Test
  void aFileThatIsNoDatabaseIsNotTaken() throws Exception {
    Files.writeString(file(), "patient,age\n".repeat(100));
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("journal.db cannot be opened")
        .hasMessageContaining("not a database")
        .hasMessageContaining("restore it from a backup");
  }

  @Test
  void aLaterFormatIsNotTaken() throws Exception {
    open().close();
    change("PRAGMA user_version=2");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has format 2, this version reads format 1");
  }

  @Test
  void anEventThatWasChangedIsNamed() throws Exception {
    fill();
    for (var change :
        List.of(
            "SET body = 'other' WHERE stream = 'job-1' AND sequence = 3",
            "SET epoch = 9 WHERE stream = 'job-1' AND sequence = 3",
            "SET checksum = 0 WHERE stream = 'job-1' AND sequence = 3")) {
      var whole = Files.readAllBytes(file());
      change("UPDATE event " + change.replace("'other'", "CAST('other' AS BLOB)"));
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file() + ", stream job-1: event 3 has another checksum");
      Files.write(file(), whole);
    }
  }

  @Test
  void anEventThatIsMissingIsNamed() throws Exception {
    fill();
    change("DELETE FROM event WHERE stream = 'job-1' AND sequence = 3");
    assertThatThrownBy(this::open)
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file() + ", stream job-1: event 3 is missing");
  }

  @Test
  void aJournalThatIsAheadOfItsServerIsNotWritten() throws Exception {
    try (var store = SqliteEventStore.open(file())) {
      store.append("job-1", 0, 7, events("a"));
      store.requireLatest(7);
      assertThatThrownBy(() -> store.requireLatest(2))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("was written by start 7 of the server, this is start 2");
    }
  }

  @Test
  void aSecondStoreOfTheSameFileIsRefused() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("a"));
      assertThatThrownBy(this::open)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another process uses it");
      store.append("job-1", 1, 1, events("b"));
    }
  }

  @Test
  void aFlippedBitInTheDatabaseIsFoundOrHarmless() throws Exception {
    flipInDatabase(20261124, 150);
  }

  @Test
  @Tag("slow")
  void anyFlippedBitInTheDatabaseIsFoundOrHarmless() throws Exception {
    flipInDatabase(4711, 20_000);
  }

  private void flipInDatabase(long seed, int flips) throws Exception {
    fill();
    var whole = Files.readAllBytes(file());
    var random = new Random(seed);
    int found = 0;
    for (int i = 0; i < flips; i++) {
      int bit = random.nextInt(whole.length * 8);
      Files.write(file(), flipped(whole, bit));
      try (var store = open()) {
        assertThat(all(store)).as("bit " + bit).isEqualTo(expected(APPENDS));
      } catch (IOException e) {
        assertThat(e.getMessage()).as("bit " + bit).contains("journal.db");
        found++;
      }
      Files.deleteIfExists(wal());
    }
    assertThat(found).isPositive();
  }

  /// A crash can cost the last append, which was not acknowledged; damage can look like a crash
  /// only there.
  @Test
  void aFlippedBitInTheLogIsFoundUnlessACrashLooksAlike() throws Exception {
    flipInLog(20261124, 150);
  }

  @Test
  @Tag("slow")
  void anyFlippedBitInTheLogIsFoundUnlessACrashLooksAlike() throws Exception {
    flipInLog(4711, 20_000);
  }

  private void flipInLog(long seed, int flips) throws Exception {
    var crashed = crashed();
    var random = new Random(seed);
    int found = 0;
    for (int i = 0; i < flips; i++) {
      int bit = random.nextInt(crashed.log.length * 8);
      crashed.restore(file(), flipped(crashed.log, bit));
      try (var store = open()) {
        var events = all(store);
        assertThat(events.size()).as("bit " + bit).isGreaterThanOrEqualTo(APPENDS - 2);
        assertThat(events).isEqualTo(expected(events.size()));
      } catch (IOException e) {
        assertThat(e.getMessage()).as("bit " + bit).contains("journal.db-wal is damaged at byte");
        found++;
      }
    }
    assertThat(found).isGreaterThan(flips * 8 / 10);
  }

  @Test
  void aLogCutShortLosesTheEndAndNothingElse() throws Exception {
    var crashed = crashed();
    var random = new Random(20261124);
    for (int i = 0; i < 60; i++) {
      int length = i == 0 ? crashed.log.length : random.nextInt(crashed.log.length);
      crashed.restore(file(), Arrays.copyOf(crashed.log, length));
      try (var store = open()) {
        var events = all(store);
        assertThat(events).as("cut at byte " + length).isEqualTo(expected(events.size()));
        store.append("job-1", events.size(), 1, events("next"));
      }
      try (var store = open()) {
        assertThat(all(store)).endsWith("next");
      }
    }
    crashed.restore(file(), crashed.log);
    try (var store = open()) {
      assertThat(all(store)).isEqualTo(expected(APPENDS));
    }
  }

  @Test
  void theLogStaysSmall() throws Exception {
    try (var store = open()) {
      for (int i = 0; i < 2500; i++) {
        store.append("job-1", i, 1, events("event " + i));
      }
      assertThat(Files.size(wal())).isLessThan(16 << 20);
      assertThat(store.read("job-1", 0)).hasSize(2500);
    }
  }

  /// Database and log as a kill leaves them.
  private static final class Crashed {

    private final byte[] database;
    private final byte[] log;

    Crashed(Path database, Path log) throws IOException {
      this.database = Files.readAllBytes(database);
      this.log = Files.readAllBytes(log);
    }

    void restore(Path file, byte[] otherLog) throws IOException {
      Files.write(file, database);
      Files.write(file.resolveSibling(file.getFileName() + "-wal"), otherLog);
    }
  }

  private Crashed crashed() throws Exception {
    open().close();
    try (var store = open()) {
      append(store);
      return new Crashed(file(), wal());
    }
  }

  private void fill() throws Exception {
    try (var store = open()) {
      append(store);
    }
  }

  private static void append(EventStore store) throws Exception {
    for (int i = 0; i < APPENDS; i++) {
      store.append("job-1", i, 1, events(expected(APPENDS).get(i)));
    }
  }

  private static List<String> expected(int count) {
    var texts = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      texts.add(("event " + i + " ").repeat(1 + i % 7 * 10));
    }
    return texts;
  }

  private static List<String> all(EventStore store) throws IOException {
    return texts(store, "job-1", 0);
  }

  private static byte[] flipped(byte[] whole, int bit) {
    var bytes = whole.clone();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    return bytes;
  }

  private void change(String statement) throws Exception {
    try (var database = DriverManager.getConnection("jdbc:sqlite:" + file());
        var change = database.createStatement()) {
      change.execute(statement);
    }
  }

  private Path file() {
    return folder.resolve("journal.db");
  }

  private Path wal() {
    return folder.resolve("journal.db-wal");
  }
}
