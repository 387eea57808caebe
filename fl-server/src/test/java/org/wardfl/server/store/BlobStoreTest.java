package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;

class BlobStoreTest {

  @TempDir private Path folder;

  @Test
  void aFileIsFoundByItsHashAlsoByTheNextProcess() throws Exception {
    var hash = adopt(open(), "weights");
    assertThat(open().require(hash)).hasContent("weights");
    assertThat(open().find(hash("others"))).isEmpty();
    assertThatThrownBy(() -> open().require(hash("others")))
        .hasMessageContaining(hash("others") + " is not in the store");
  }

  @Test
  void aFlippedBitIsNamedOnceAndTheFileCanComeAgain() throws Exception {
    var hash = adopt(open(), "weights");
    var path = open().require(hash);
    Files.writeString(path, "weighty");
    var store = open();
    assertThatThrownBy(() -> store.require(hash))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file " + path + " is damaged")
        .hasMessageContaining("moved to " + folder.resolve("blobs/damaged/" + hash));
    assertThat(store.find(hash)).isEmpty();
    assertThat(folder.resolve("blobs/damaged/" + hash)).hasContent("weighty");
    adopt(store, "weights");
    assertThat(store.require(hash)).hasContent("weights");
    store.retain(Set.of(hash));
    assertThat(open().require(hash)).hasContent("weights");
  }

  @Test
  void damageSinceTheFirstReadingIsFoundOnDemand() throws Exception {
    var store = open();
    var hash = adopt(store, "weights");
    store.verify(hash);
    Files.writeString(store.require(hash), "weighty");
    assertThatThrownBy(() -> store.verify(hash)).hasMessageContaining("is damaged");
  }

  @Test
  void aCopyIsCheckedBeforeItIsTaken() throws Exception {
    var store = open();
    var file = Files.writeString(folder.resolve("file"), "weights");
    assertThatThrownBy(() -> store.store(file, hash("others")))
        .isInstanceOf(BlobStore.HashMismatchException.class);
    assertThat(store.find(hash("others"))).isEmpty();
    store.store(file, hash("weights"));
    store.store(file, hash("weights"));
    assertThat(file).exists();
    assertThat(folder.resolve("blobs/incoming")).isEmptyDirectory();
  }

  @Test
  void theSameFileFromManyAtOnceIsOneFile() throws Exception {
    var store = open();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var adoptions =
          IntStream.range(0, 16)
              .<Callable<Path>>mapToObj(number ->
                  () -> {
                    var file = Files.writeString(store.incoming("part-" + number), "weights");
                    store.adopt(file, hash("weights"));
                    return store.require(hash("weights"));
                  })
              .toList();
      for (var adopted : threads.invokeAll(adoptions)) {
        assertThat(adopted.get()).hasContent("weights");
      }
    }
    assertThat(store.require(hash("weights"))).hasContent("weights");
    assertThat(folder.resolve("blobs/incoming")).isEmptyDirectory();
  }

  @Test
  void whatIsNeededIsKeptAndTheRestGoes() throws Exception {
    var store = open();
    var kept = adopt(store, "kept");
    var gone = adopt(store, "gone");
    Files.writeString(store.incoming("half"), "ha");
    store.retain(Set.of(kept, hash("never there")));
    assertThat(store.find(kept)).isPresent();
    assertThat(store.find(gone)).isEmpty();
    assertThat(folder.resolve("blobs/incoming")).isEmptyDirectory();
    assertThat(store.missing(Set.of(kept, gone))).containsExactly(gone);
  }

  @Test
  void aFileThatIsClaimedOrNeededIsNotForgotten() throws Exception {
    var store = open();
    var claimed = adopt(store, "claimed");
    var needed = adopt(store, "needed");
    var gone = adopt(store, "gone");
    var given = List.of(claimed, needed, gone);
    try (var _ = store.claim(claimed)) {
      try (var _ = store.claim(claimed)) {
        store.forget(given, () -> Set.of(needed));
      }
      store.forget(given, () -> Set.of(needed));
      assertThat(store.missing(Set.copyOf(given))).containsExactly(gone);
    }
    store.forget(given, () -> Set.of(needed));
    assertThat(store.missing(Set.copyOf(given))).containsExactlyInAnyOrder(gone, claimed);
  }

  /// Whoever claims a file while another deletes finds it, or finds it gone; never both.
  @Test
  void aClaimWaitsForADeletionUnderWay() throws Exception {
    var store = open();
    var hash = adopt(store, "weights");
    var asked = new CountDownLatch(1);
    var answered = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var deletion =
          threads.submit(() -> {
            store.forget(
                List.of(hash),
                () -> {
                  asked.countDown();
                  awaitQuietly(answered);
                  return Set.of();
                });
            return true;
          });
      asked.await();
      var finding =
          threads.submit(() -> {
            try (var _ = store.claim(hash)) {
              return store.find(hash).isPresent();
            }
          });
      answered.countDown();
      assertThat(deletion.get()).isTrue();
      assertThat(finding.get()).isFalse();
    }
  }

  @Test
  void whatNobodyLookedForBetweenTwoSweepsIsDeleted() throws Exception {
    var store = open();
    var needed = adopt(store, "needed");
    var asked = adopt(store, "asked for");
    var gone = adopt(store, "gone");
    var all = Set.of(needed, asked, gone);
    store.sweep(() -> Set.of(needed));
    assertThat(store.missing(all)).isEmpty();
    assertThat(store.find(asked)).isPresent();
    store.sweep(() -> Set.of(needed));
    assertThat(store.missing(all)).containsExactly(gone);
    store.sweep(() -> Set.of(needed));
    assertThat(store.missing(all)).containsExactlyInAnyOrder(gone, asked);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private BlobStore open() throws IOException {
    return new BlobStore(folder.resolve("blobs"), Durability.DISK);
  }

  private ModelHash adopt(BlobStore store, String content) throws IOException {
    var hash = hash(content);
    store.adopt(Files.writeString(store.incoming("file"), content), hash);
    return hash;
  }

  private ModelHash hash(String content) throws IOException {
    var file = Files.createTempFile(folder, "content", "");
    var hash = ModelWriter.hash(Files.writeString(file, content));
    Files.delete(file);
    return hash;
  }
}
