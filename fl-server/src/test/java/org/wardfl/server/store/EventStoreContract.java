package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every event store does.
abstract class EventStoreContract {

  @TempDir Path folder;

  /// Opens the store of this test's folder.
  abstract EventStore open() throws IOException;

  @Test
  void whatWasAppendedIsReadByTheNextProcess() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("a", "b"));
      store.append("job-1", 2, 1, events("c"));
      store.append("job-2", 0, 1, events("x"));
    }
    try (var store = open()) {
      assertThat(texts(store, "job-1", 0)).containsExactly("a", "b", "c");
      assertThat(texts(store, "job-1", 1)).containsExactly("b", "c");
      assertThat(texts(store, "job-1", 3)).isEmpty();
      assertThat(texts(store, "job-1", 9)).isEmpty();
      assertThat(store.streams()).containsExactly("job-1", "job-2");
      assertThat(store.read("job-3", 0)).isEmpty();
      store.append("job-1", 3, 2, events("d"));
      assertThat(texts(store, "job-1", 0)).containsExactly("a", "b", "c", "d");
    }
  }

  @Test
  void anEventMayHaveAnyBytes() throws Exception {
    var large = new byte[3 << 20];
    new java.util.Random(1).nextBytes(large);
    try (var store = open()) {
      store.append("job-1", 0, 1, List.of(new byte[0], large, new byte[] {0, -1}));
    }
    try (var store = open()) {
      assertThat(store.read("job-1", 0)).containsExactly(new byte[0], large, new byte[] {0, -1});
    }
  }

  @Test
  void twoWritersCannotBothAppend() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("a"));
      for (int wrong : new int[] {0, 2}) {
        assertThatThrownBy(() -> store.append("job-1", wrong, 1, events("b", "c")))
            .isInstanceOf(EventStore.StaleWriterException.class)
            .hasMessageContaining("has 1 events, expected " + wrong);
      }
      assertThat(texts(store, "job-1", 0)).containsExactly("a");
    }
  }

  @Test
  void anEarlierServerIsRefusedOnEveryStream() throws Exception {
    try (var store = open()) {
      store.append("job-1", 0, 1, events("a"));
      store.append("job-2", 0, 2, events("x"));
      assertThatThrownBy(() -> store.append("job-1", 1, 1, events("b")))
          .isInstanceOf(EventStore.StaleWriterException.class)
          .hasMessageContaining("epoch 2 has written, this is epoch 1");
    }
    try (var store = open()) {
      assertThatThrownBy(() -> store.append("job-3", 0, 1, events("b")))
          .isInstanceOf(EventStore.StaleWriterException.class)
          .hasMessageContaining("epoch 2");
      store.append("job-1", 1, 2, events("b"));
      assertThat(texts(store, "job-1", 0)).containsExactly("a", "b");
      assertThat(store.streams()).containsExactly("job-1", "job-2");
    }
  }

  @Test
  void manyThreadsAppendEachToItsOwnStream() throws Exception {
    try (var store = open();
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tasks =
          IntStream.range(0, 8)
              .<Callable<Void>>mapToObj(thread ->
                  () -> {
                    for (int i = 0; i < 25; i++) {
                      store.append("job-" + thread, i, 1, events(thread + ":" + i));
                    }
                    return null;
                  })
              .toList();
      for (var done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
    try (var store = open()) {
      for (int thread = 0; thread < 8; thread++) {
        int number = thread;
        assertThat(texts(store, "job-" + thread, 0))
            .isEqualTo(IntStream.range(0, 25).mapToObj(i -> number + ":" + i).toList());
      }
    }
  }

  static List<byte[]> events(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }

  static List<String> texts(EventStore store, String stream, long from) throws IOException {
    return store.read(stream, from).stream()
        .map(bytes -> new String(bytes, StandardCharsets.UTF_8))
        .toList();
  }
}
