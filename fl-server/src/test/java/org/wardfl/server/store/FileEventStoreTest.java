package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.wardfl.algo.model.Durability;

class FileEventStoreTest extends EventStoreContract {

  @Override
  EventStore open() throws IOException {
    return new FileEventStore(folder, Durability.PROCESS);
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
      Files.write(file(), Arrays.copyOf(bytes, length));
      try (var store = open()) {
        assertThat(texts(store, "job-1", 0)).as("cut at byte " + length).containsExactly("first");
        store.append("job-1", 1, 1, events("other"));
        assertThat(texts(store, "job-1", 0)).containsExactly("first", "other");
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

  private Path file() {
    return folder.resolve("job-1.events");
  }
}
