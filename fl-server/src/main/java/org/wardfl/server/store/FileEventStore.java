package org.wardfl.server.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.wardfl.algo.model.Durability;

/// One append-only file per stream.
///
/// A record is one append: its length, a CRC32C, the epoch, the first number, and its events. A
/// record that a crash cut short fails its checksum at the end of the file and is cut off when the
/// stream is opened; a bad record anywhere else is damage and is reported. One process per folder.
public final class FileEventStore implements EventStore {

  private static final int HEAD = Integer.BYTES + Integer.BYTES;
  private static final int MAX_RECORD = 64 << 20;

  private final Path folder;
  private final Durability durability;
  private final Map<String, Stream> streams = new HashMap<>();
  private boolean allOpen;

  /// Opens the folder, which is made if it does not exist.
  ///
  /// @throws IOException if it cannot be made
  public FileEventStore(Path folder, Durability durability) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.durability = durability;
  }

  @Override
  public synchronized void append(
      String stream, long expectedSequence, long epoch, List<byte[]> events)
      throws IOException, StaleWriterException {
    requireLatest(epoch);
    open(stream).append(stream, expectedSequence, epoch, events, durability);
  }

  private void requireLatest(long epoch) throws IOException, StaleWriterException {
    if (!allOpen) {
      for (var name : streams()) {
        open(name);
      }
      allOpen = true;
    }
    for (var stream : streams.values()) {
      if (stream.epoch > epoch) {
        throw new StaleWriterException(
            "epoch " + stream.epoch + " has written, this is epoch " + epoch);
      }
    }
  }

  @Override
  public synchronized List<byte[]> read(String stream, long fromSequence) throws IOException {
    if (!streams.containsKey(stream) && !Files.exists(file(stream))) {
      return List.of();
    }
    var all = open(stream).readAll(file(stream));
    return List.copyOf(all.subList((int) Math.min(fromSequence, all.size()), all.size()));
  }

  @Override
  public synchronized List<String> streams() throws IOException {
    try (var files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".events"))
          .map(name -> name.substring(0, name.length() - ".events".length()))
          .sorted()
          .toList();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    for (var stream : streams.values()) {
      stream.channel.close();
    }
    streams.clear();
  }

  private Path file(String stream) {
    if (!stream.matches("[A-Za-z0-9_-]{1,100}")) {
      throw new IllegalArgumentException("not a stream name: " + stream);
    }
    return folder.resolve(stream + ".events");
  }

  private Stream open(String name) throws IOException {
    var known = streams.get(name);
    if (known != null) {
      return known;
    }
    var file = file(name);
    boolean fresh = !Files.exists(file);
    var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    var stream = new Stream(channel);
    stream.readAll(file);
    channel.truncate(stream.end);
    if (fresh && durability == Durability.DISK) {
      try (var directory = FileChannel.open(folder, StandardOpenOption.READ)) {
        directory.force(true);
      }
    }
    streams.put(name, stream);
    return stream;
  }

  /// One file and where its next record goes.
  private static final class Stream {

    private final FileChannel channel;
    private long end;
    private long next;
    private long epoch;
    private boolean broken;

    Stream(FileChannel channel) {
      this.channel = channel;
    }

    void append(
        String name, long expectedSequence, long writer, List<byte[]> events, Durability durability)
        throws IOException, StaleWriterException {
      if (expectedSequence != next) {
        throw new StaleWriterException(
            "stream " + name + " has " + next + " events, expected " + expectedSequence);
      }
      if (broken) {
        throw new IOException(
            "stream " + name + " takes nothing more after a failed write; start again");
      }
      int size = 2 * Long.BYTES + Integer.BYTES;
      for (var event : events) {
        size = Math.addExact(size, Integer.BYTES + event.length);
      }
      if (size > MAX_RECORD) {
        throw new IOException(
            "stream " + name + ": " + size + " bytes at once, expected at most " + MAX_RECORD);
      }
      var body = ByteBuffer.allocate(size).putLong(writer).putLong(next).putInt(events.size());
      events.forEach(event -> body.putInt(event.length).put(event));
      var record =
          ByteBuffer.allocate(HEAD + size)
              .putInt(size)
              .putInt(checksum(body.array()))
              .put(body.array());
      record.flip();
      long at = end;
      try {
        while (record.hasRemaining()) {
          at += channel.write(record, at);
        }
        if (durability == Durability.DISK) {
          channel.force(false);
        }
      } catch (IOException e) {
        // A full disk: what was begun must not be taken for a record later. After a failed force
        // nobody knows what the disk has.
        broken = !record.hasRemaining();
        channel.truncate(end);
        throw e;
      }
      end = at;
      next += events.size();
      epoch = writer;
    }

    List<byte[]> readAll(Path file) throws IOException {
      var events = new ArrayList<byte[]>();
      long size = channel.size();
      end = 0;
      next = 0;
      while (end < size) {
        var body = record(size);
        if (body == null) {
          break;
        }
        epoch = body.getLong();
        if (body.getLong() != next) {
          throw new IOException(
              file.getFileName()
                  + ": record at byte "
                  + end
                  + " does not follow on the one before it");
        }
        for (int count = body.getInt(); count > 0; count--) {
          var event = new byte[body.getInt()];
          body.get(event);
          events.add(event);
          next++;
        }
        end += HEAD + body.capacity();
      }
      if (end < size && size - end > HEAD && laterRecordIsWhole(size)) {
        throw new IOException(
            file.getFileName()
                + ": the record at byte "
                + end
                + " is damaged, and others follow it");
      }
      return events;
    }

    /// The body of the record at the end of what was read, or null where it is cut short or
    /// damaged.
    private @org.jspecify.annotations.Nullable ByteBuffer record(long size) throws IOException {
      if (size - end < HEAD) {
        return null;
      }
      var head = fully(ByteBuffer.allocate(HEAD), end);
      int length = head.getInt();
      if (length < 0 || length > MAX_RECORD || length > size - end - HEAD) {
        return null;
      }
      int checksum = head.getInt();
      var body = fully(ByteBuffer.allocate(length), end + HEAD);
      return checksum(body.array()) == checksum ? body : null;
    }

    private boolean laterRecordIsWhole(long size) throws IOException {
      var head = fully(ByteBuffer.allocate(HEAD), end);
      int length = head.getInt();
      return length >= 0 && length <= MAX_RECORD && end + HEAD + length < size;
    }

    private ByteBuffer fully(ByteBuffer buffer, long position) throws IOException {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, position + buffer.position()) < 0) {
          throw new EOFException("the stream has become shorter");
        }
      }
      return buffer.flip();
    }

    private static int checksum(byte[] bytes) {
      var checksum = new CRC32C();
      checksum.update(bytes);
      return (int) checksum.getValue();
    }
  }
}
