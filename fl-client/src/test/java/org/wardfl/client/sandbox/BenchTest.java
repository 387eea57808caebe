package org.wardfl.client.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchTest {

  @TempDir private Path folder;
  private Sandbox sandbox;
  private Path out = Path.of("none");

  @SuppressWarnings("NullAway.Init")
  BenchTest() {}

  @BeforeEach
  void find() throws IOException {
    var found = Sandbox.find(folder.resolve("sandbox"), List.of(folder.resolve("kit")));
    assumeTrue(found.sandbox().isPresent(), found.finding());
    sandbox = found.sandbox().orElseThrow();
  }

  private Bench open() throws IOException {
    var bench =
        sandbox.open(
            new Enclosure(
                folder, Optional.empty(), Optional.empty(), List.of(), 64 << 20, 1 << 20, 16));
    // The one that was tried out was the first.
    out = folder.resolve("sandbox/2/out");
    return bench;
  }

  @Test
  void whatIsTakenChangesNoMore() throws Exception {
    var target = folder.resolve("target");
    try (var bench = open()) {
      Files.writeString(out.resolve("update"), "result");
      try (var held = FileChannel.open(out.resolve("update"), StandardOpenOption.WRITE)) {
        bench.take("update", target);
        held.write(ByteBuffer.wrap("forged".getBytes(StandardCharsets.UTF_8)));
      }
      assertThat(target).hasContent("result");
      assertThat(out).isEmptyDirectory();
      bench.take("state", folder.resolve("state"));
      assertThat(folder.resolve("state")).doesNotExist();
    }
    assertThat(folder.resolve("sandbox/2")).doesNotExist();
  }

  @Test
  void whatIsNoFileIsNotTaken() throws Exception {
    var secret = Files.writeString(folder.resolve("secret"), "patients");
    try (var bench = open()) {
      Files.createSymbolicLink(out.resolve("link"), secret);
      Files.createDirectory(out.resolve("folder"));
      assertThat(new ProcessBuilder("mkfifo", out.resolve("pipe").toString()).start().waitFor())
          .isZero();
      for (var name : List.of("link", "folder", "pipe")) {
        assertThatIOException()
            .isThrownBy(() -> bench.take(name, folder.resolve("taken-" + name)))
            .withMessage("the job's process left something else than a file");
        assertThat(folder.resolve("taken-" + name)).doesNotExist();
      }
      assertThat(secret).hasContent("patients");
    }
  }

  @Test
  void whatIsGivenCannotBeChangedInside() throws Exception {
    var model = Files.writeString(folder.resolve("model"), "model");
    try (var bench = open()) {
      assertThat(bench.give(model, "model")).isEqualTo(Path.of("/in/model"));
      assertThat(run(bench, "cat /in/model; echo forged > /in/model; rm /in/model")).isNotZero();
      bench.clear();
    }
    assertThat(model).hasContent("model");
  }

  @Test
  void shutFoldersAndManyFilesAreClearedAway() throws Exception {
    try (var bench = open()) {
      Files.createDirectories(out.resolve("a/b"));
      Files.writeString(out.resolve("a/b/c"), "x");
      Files.setPosixFilePermissions(out.resolve("a"), PosixFilePermissions.fromString("---------"));
      bench.clear();
      assertThat(out).isEmptyDirectory();
      assertThat(bench.isWithinDisk(Stream.empty())).isTrue();
      Files.write(out.resolve("large"), new byte[(1 << 20) + 1]);
      assertThat(bench.isWithinDisk(Stream.empty())).isFalse();
    }
  }

  @Test
  void aHiddenFolderIsHiddenWhereverItLies() throws Exception {
    var kit = Files.createDirectories(folder.resolve("kit"));
    Files.writeString(kit.resolve("key"), "secret");
    try (var bench = open()) {
      var words =
          bench.confined(
              List.of("/bin/sh", "-c", "test -d " + kit + " && ! test -e " + kit + "/key"),
              new Mounts(List.of(folder)),
              Optional.empty());
      assertThat(exitCode(words)).isZero();
    }
  }

  private static int run(Bench bench, String script) throws Exception {
    return exitCode(
        bench.confined(List.of("/bin/sh", "-c", script), new Mounts(List.of()), Optional.empty()));
  }

  private static int exitCode(List<String> words) throws Exception {
    var process =
        new ProcessBuilder(words)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
