package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;

class FileEventStoreTest {

  @TempDir private Path folder;

  @Test
  void whatWasAppendedIsReadByTheNextProcess() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("a", "b"));
      store.append("job-1", 2, 1, events("c"));
      store.append("job-2", 0, 1, events("x"));
    }
    try (var store = open()) {
      assertThat(texts(store, 1)).containsExactly("b", "c");
      assertThat(store.streams()).containsExactly("job-1", "job-2");
      assertThat(store.read("job-3", 0)).isEmpty();
    }
  }

  @Test
  void twoWritersCannotBothAppend() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 2, events("a"));
      assertThatThrownBy(() -> store.append("job-1", 0, 2, events("b")))
          .isInstanceOf(EventStore.StaleWriterException.class)
          .hasMessageContaining("has 1 events, expected 0");
      assertThatThrownBy(() -> store.append("job-1", 1, 1, events("b")))
          .isInstanceOf(EventStore.StaleWriterException.class)
          .hasMessageContaining("epoch 2");
      assertThat(texts(store, 0)).containsExactly("a");
    }
  }

  @Test
  void aRecordCutShortAtAnyByteIsAsIfItHadNotHappened() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("first"));
    }
    long whole = Files.size(file());
    try (var store = open()) {
      store.append("job-1", 1, 1, events("second", "third"));
    }
    var bytes = Files.readAllBytes(file());
    for (int length = (int) whole; length < bytes.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(bytes, length));
      try (var store = open()) {
        assertThat(texts(store, 0)).as("cut at byte " + length).containsExactly("first");
        store.append("job-1", 1, 1, events("other"));
        assertThat(texts(store, 0)).containsExactly("first", "other");
      }
    }
  }

  @Test
  void damageInTheMiddleIsReportedNotSkipped() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("first"));
      store.append("job-1", 1, 1, events("second"));
    }
    try (var channel = FileChannel.open(file(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {42}), 20);
    }
    try (var store = open()) {
      assertThatThrownBy(() -> store.read("job-1", 0))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("job-1.events: the record at byte 0 is damaged");
    }
  }

  private FileEventStore open() throws IOException {
    return new FileEventStore(folder, Durability.DISK);
  }

  private Path file() {
    return folder.resolve("job-1.events");
  }

  private static List<byte[]> events(String... texts) {
    return java.util.Arrays.stream(texts)
        .map(text -> text.getBytes(StandardCharsets.UTF_8))
        .toList();
  }

  private static List<String> texts(EventStore store, long from) throws IOException {
    return store.read("job-1", from).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }
}
