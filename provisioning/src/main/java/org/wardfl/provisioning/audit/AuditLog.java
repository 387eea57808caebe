package org.wardfl.provisioning.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;

/// One JSON record a line, each with the SHA-256 of the line before, so that a changed, missing or
/// exchanged line shows.
///
/// What is granted is durable when the method returns; who waits for that at the same time waits
/// for one fsync. What is refused is written at once and durable within [#SOON], so that a flood of
/// refusals costs no more than writing. Where the disk takes no record, the records that are not
/// durable are taken back, and whoever waits for one of them is told: what was to be recorded must
/// not be done. The next record tries again. Thread-safe.
public final class AuditLog implements AutoCloseable {

  /// Within this a refusal is durable.
  public static final Duration SOON = Duration.ofMillis(50);

  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);

  // No FileChannel: an interrupted caller would close it for everybody.
  private final RandomAccessFile file;
  private final InstantSource clock;
  private final AuditChain found;
  // The last checkpoint of each other log that is kept here, by its owner.
  private final Map<String, AuditCheckpoint> witnessed;
  // Held during an fsync, and never while somebody holds `this`.
  private final Object syncing = new Object();
  private State written;
  private State durable;
  private Group group = new Group();
  private boolean flushing;
  private boolean torn;
  private boolean closed;

  /// How far the log has come.
  ///
  /// @param records how many
  /// @param head SHA-256 of the last
  /// @param end of the last, in bytes
  /// @param begins SHA-256 of the first
  /// @param substance how many of the records are about anything but witnessing, since the start
  record State(long records, String head, long end, String begins, long substance) {}

  /// Records that one fsync makes durable.
  private static final class Group {
    private boolean over;
    private @Nullable IOException failure;
  }

  private AuditLog(
      RandomAccessFile file,
      InstantSource clock,
      AuditChain found,
      Map<String, AuditCheckpoint> witnessed) {
    this.file = file;
    this.clock = clock;
    this.found = found;
    this.witnessed = witnessed;
    this.written = new State(found.lines(), found.head(), found.end(), found.begins(), 0);
    this.durable = written;
  }

  /// Opens the log and goes on after its last whole line; what a crash left of a line is cut off.
  ///
  /// @throws IOException if it cannot be read or written
  public static AuditLog open(Path path, InstantSource clock) throws IOException {
    var file = new RandomAccessFile(path.toFile(), "rw");
    try {
      var witnessed = new HashMap<String, AuditCheckpoint>();
      var chain =
          AuditChain.read(
              path,
              (_, _, line) ->
                  AuditRecord.checkpoint(line)
                      .flatMap(AuditLog::decoded)
                      .ifPresent(checkpoint -> witnessed.put(checkpoint.owner(), checkpoint)));
      file.setLength(chain.end());
      return new AuditLog(file, clock, chain, witnessed);
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static Optional<AuditCheckpoint> decoded(String text) {
    try {
      return Optional.of(AuditCheckpoint.fromText(text));
    } catch (IdentityException _) {
      // `ward audit verify` tells of it.
      return Optional.empty();
    }
  }

  /// Looks whether the log is as it was written. What is after its last whole line was not finished
  /// by a crash and does not count.
  ///
  /// The last line has none after it that would tell; [AuditVerification] compares with what others
  /// noted.
  ///
  /// @throws IOException if it cannot be read
  public static AuditVerdict verify(Path path) throws IOException {
    return AuditChain.read(path).verdict();
  }

  /// Records that a process begins to write here, and in which state it found the log.
  ///
  /// @param owner the process's certified name
  /// @param software for people
  /// @throws IOException if the record is not durable
  public void begin(String owner, String software) throws IOException {
    var state = "";
    if (found.fault().isPresent()) {
      var fault = found.fault().get();
      state = "; line " + fault.line() + " does not fit: " + fault.found();
      LOG.atError()
          .addKeyValue("line", fault.line())
          .addKeyValue("found", fault.found())
          .log("the audit log was changed; see 'ward audit verify'");
    } else if (found.torn() > 0) {
      state = "; " + found.torn() + " bytes of a record that was not finished were cut off";
    }
    // The number makes this log another than any that the same owner begins elsewhere.
    record(
        AuditEntry.done(owner, AuditRecord.START, UUID.randomUUID().toString())
            .saying(software + " goes on after " + found.lines() + " records" + state));
  }

  /// Something was refused. A record that cannot be written is told in the process's own log: it is
  /// refused in any case.
  ///
  /// @param actor the certified name, or `unknown`
  /// @param action what was tried
  /// @param object on what; empty if that is in the action
  /// @param reason one word
  /// @param detail why, in a sentence
  public void refused(String actor, String action, String object, String reason, String detail) {
    note(AuditEntry.refused(actor, action, object, reason).saying(detail));
  }

  /// Writes what happened in any case: a refusal, or what must not wait for a record. One that
  /// cannot be written is told in the process's own log.
  public void note(AuditEntry entry) {
    try {
      synchronized (this) {
        append(entry);
        if (!flushing) {
          flushing = true;
          var _ = Thread.ofVirtual().name("audit").start(this::flush);
        }
      }
    } catch (IOException e) {
      unwritten(entry, e);
    }
  }

  private static void unwritten(AuditEntry entry, IOException e) {
    LOG.atError()
        .addKeyValue("actor", entry.actor())
        .addKeyValue("action", entry.action())
        .addKeyValue("result", entry.result())
        .setCause(e)
        .log("the audit log cannot be written");
  }

  private void flush() {
    try {
      Thread.sleep(SOON);
      Group mine;
      synchronized (this) {
        flushing = false;
        mine = group;
        if (closed) {
          return;
        }
      }
      makeDurable(mine);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atError().setCause(e).log("the audit log cannot be written; refusals are not recorded");
    }
  }

  /// Something was done, or will be done once this returns.
  ///
  /// @param actor the certified name
  /// @param action what
  /// @param object on what: a job, a site, a hash
  /// @throws IOException if the record is not durable; then it must not be done
  public void done(String actor, String action, String object, String detail) throws IOException {
    record(AuditEntry.done(actor, action, object).saying(detail));
  }

  /// Something will be done once this returns.
  ///
  /// @throws IOException if the record is not durable; then it must not be done
  public void record(AuditEntry entry) throws IOException {
    makeDurable(append(entry));
  }

  /// Signs how far the log has come, for others to keep; the log keeps it, too.
  ///
  /// @param signer the owner's
  /// @throws IOException if it is not durable
  public AuditCheckpoint checkpoint(Identity signer) throws IOException {
    makeDurable(currentGroup());
    State state;
    synchronized (this) {
      state = durable;
    }
    var checkpoint =
        AuditCheckpoint.sign(
            state.begins(), state.records(), state.head(), clock.instant(), signer);
    record(checkpoint.entry(signer.name().uri(), "checkpoint"));
    return checkpoint;
  }

  /// Keeps another's checkpoint, which was verified before, and compares it with the one before it.
  /// The same one again changes nothing.
  ///
  /// @return what is wrong with the other's log, in a sentence; that is recorded, too
  /// @throws IOException if it is not durable
  public Optional<String> witness(AuditCheckpoint checkpoint) throws IOException {
    synchronized (witnessed) {
      if (Objects.equals(witnessed.get(checkpoint.owner()), checkpoint)) {
        return Optional.empty();
      }
    }
    record(checkpoint.entry(checkpoint.owner(), "witness"));
    Optional<AuditCheckpoint> earlier;
    synchronized (witnessed) {
      earlier = Optional.ofNullable(witnessed.put(checkpoint.owner(), checkpoint));
    }
    var contradiction = earlier.flatMap(checkpoint::contradiction);
    contradiction.ifPresent(
        sentence -> refused(checkpoint.owner(), "witness", "", "AUDIT_LOG", sentence));
    return contradiction;
  }

  /// How many records there are about anything but witnessing, of this start of the process.
  public synchronized long substance() {
    return written.substance();
  }

  private synchronized Group currentGroup() {
    return group;
  }

  private synchronized Group append(AuditEntry entry) throws IOException {
    if (closed) {
      throw new IOException("the audit log is closed");
    }
    if (torn) {
      file.setLength(written.end());
      torn = false;
    }
    var line = AuditRecord.line(entry, written.records(), clock.instant(), written.head());
    try {
      file.seek(written.end());
      file.write(line);
    } catch (IOException e) {
      torn = true;
      throw e;
    }
    var head = AuditChain.hash(line, line.length - 1);
    written =
        new State(
            written.records() + 1,
            head,
            written.end() + line.length,
            written.records() == 0 ? head : written.begins(),
            written.substance() + (entry.more().containsKey(AuditEntry.CHECKPOINT) ? 0 : 1));
    return group;
  }

  /// Returns when the group's records are durable. The first to come works for all who wait.
  private void makeDurable(Group mine) throws IOException {
    synchronized (syncing) {
      State reached;
      synchronized (this) {
        if (mine.over) {
          if (mine.failure != null) {
            throw new IOException(mine.failure.getMessage(), mine.failure);
          }
          return;
        }
        reached = written;
        group = new Group();
      }
      try {
        file.getFD().sync();
        synchronized (this) {
          mine.over = true;
          durable = reached;
        }
      } catch (IOException e) {
        takeBack(mine, e);
        throw e;
      }
    }
  }

  // What an fsync has failed for may be on the disk or not, and a second fsync would not tell.
  private synchronized void takeBack(Group mine, IOException failure) {
    for (var lost : new Group[] {mine, group}) {
      lost.over = true;
      lost.failure = failure;
    }
    group = new Group();
    written = durable;
    torn = true;
  }

  @Override
  public void close() throws IOException {
    try {
      makeDurable(currentGroup());
    } finally {
      synchronized (this) {
        closed = true;
        if (torn) {
          file.setLength(written.end());
        }
        file.close();
      }
    }
  }
}
