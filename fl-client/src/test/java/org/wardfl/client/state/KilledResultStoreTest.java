package org.wardfl.client.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.task.TaskOutcome;

/// A site's results after a kill, a full disk and damage.
class KilledResultStoreTest {

  private static final int DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  @Test
  void whatWasStoredSurvivesAKillWhole() throws Exception {
    killed(20261124, 4);
  }

  @Test
  @Tag("slow")
  void whatWasStoredSurvivesAKillAtAnyMomentWhole() throws Exception {
    killed(4711, 60);
  }

  private void killed(long seed, int kills) throws Exception {
    var random = new Random(seed);
    int last = 0;
    for (int i = 0; i < kills; i++) {
      int lines = 1 + random.nextInt(40);
      long nanos = random.nextInt(5_000_000);
      var process = process(List.of(), last + 1, Integer.MAX_VALUE);
      int seen = 0;
      try (var output = process.inputReader(StandardCharsets.UTF_8)) {
        for (var line = output.readLine(); line != null; line = output.readLine()) {
          last = Integer.parseInt(line.substring("stored ".length()));
          seen++;
          if (seen == lines) {
            long until = System.nanoTime() + nanos;
            while (System.nanoTime() < until) {
              Thread.onSpinWait();
            }
            process.toHandle().destroyForcibly();
          }
        }
      }
      assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
      last = requireWhole(last);
    }
  }

  /// The update fits and the state does not, or the update does not fit.
  @Test
  void aFullDiskStoresNothingHalf() throws Exception {
    for (int limit : new int[] {20, 79, 79}) {
      var process =
          process(List.of("bash", "-c", "ulimit -f " + limit + "; exec \"$@\"", "bash"), 1, 3);
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).doesNotContain("stored").contains("failed 1", "failed 3");
      assertThat(open().find(ResultMain.task(1).key())).isEmpty();
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aFlippedBitInAnOutcomeIsNamed() throws Exception {
    ResultMain.commit(open(), 1);
    var file = folder.resolve(ResultMain.JOB + "-1-0.outcome");
    var whole = Files.readAllBytes(file);
    for (int bit = 0; bit < whole.length * 8; bit += 7) {
      flip(file, whole, bit);
      assertThatThrownBy(this::open)
          .as("bit " + bit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("stored outcome " + file + " is damaged");
    }
    for (int length : new int[] {0, 3, 4, whole.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(this::open).hasMessageContaining("is damaged");
    }
  }

  @Test
  void aFlippedBitInAnUpdateMakesItsTaskAFailure() throws Exception {
    ResultMain.commit(open(), 1);
    var file = folder.resolve(ResultMain.JOB + "-1-0.update");
    var whole = Files.readAllBytes(file);
    flip(file, whole, whole.length * 4);
    var store = open();
    for (int i = 0; i < 2; i++) {
      var found = store.find(ResultMain.task(1).key()).orElseThrow();
      assertThat(found.outcome()).isInstanceOf(TaskOutcome.Failed.class);
      assertThat(found.update()).isEmpty();
    }
    Files.delete(file);
    assertThat(open().find(ResultMain.task(1).key()).orElseThrow().outcome())
        .isInstanceOf(TaskOutcome.Failed.class);
    Files.write(file, whole);
    assertThat(open().find(ResultMain.task(1).key()).orElseThrow().update()).contains(file);
  }

  @Test
  void aFlippedBitInAStateIsNamedAndNothingStartsFromIt() throws Exception {
    ResultMain.commit(open(), 1);
    var file = folder.resolve(ResultMain.JOB + "-1-0.state");
    var whole = Files.readAllBytes(file);
    flip(file, whole, 1234);
    assertThatThrownBy(() -> open().stateBefore(ResultMain.task(2)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("state file " + file + " is damaged");
    Files.delete(file);
    assertThatThrownBy(() -> open().stateBefore(ResultMain.task(2)))
        .hasMessageContaining("state file " + file + " is damaged");
  }

  private static void flip(Path file, byte[] whole, int bit) throws IOException {
    var bytes = whole.clone();
    bytes[bit / 8] ^= (byte) (1 << bit % 8);
    Files.write(file, bytes);
  }

  /// @return the last round that is stored
  private int requireWhole(int acknowledged) throws IOException {
    var store = open();
    int last = acknowledged;
    if (store.find(ResultMain.task(acknowledged + 1).key()).isPresent()) {
      last++;
    }
    for (int round = Math.max(1, last - 1); round <= last; round++) {
      var stored = store.find(ResultMain.task(round).key()).orElseThrow();
      var trained = (TaskOutcome.Trained) stored.outcome();
      assertThat(trained.summary().iterations()).isEqualTo(round);
      assertThat(ModelWriter.hash(stored.update().orElseThrow()))
          .isEqualTo(trained.update().hash());
      assertThat(stored.state().orElseThrow()).hasContent(ResultMain.state(round));
    }
    assertThat(store.stateBefore(ResultMain.task(last + 1)).orElseThrow())
        .hasContent(ResultMain.state(last));
    try (var files = Files.list(folder)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .allMatch(name -> name.matches(".*-[0-9]+-0\\.(outcome|update|state)"));
    }
    return last;
  }

  private ResultStore open() throws IOException {
    return new ResultStore(folder, Durability.DISK);
  }

  private Process process(List<String> before, int first, int last) throws IOException {
    var command = new ArrayList<>(before);
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            System.getProperty("java.class.path"),
            ResultMain.class.getName(),
            folder.toString(),
            Integer.toString(first),
            Integer.toString(last)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
