package org.wardfl.gpu.tabular;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.gpu.torch.Torch;

/// Processes that have done nothing else, started as a job's process is.
class FreshProcessTest {

  private static final Path CACHE = Path.of(System.getProperty("DJL_CACHE_DIR", "target/djl"));

  @TempDir private Path folder;
  private Path data = Path.of("");

  @BeforeEach
  void unpackLibraries() throws Exception {
    data = Patients.write(folder.resolve("patients.csv"), 400, 11);
    Torch.open(1, List.of()).close();
  }

  @Test
  void updatesAreTheSameBytesInEveryProcess() throws Exception {
    var here = TrainOnce.train(data, folder.resolve("here"));
    assertThat(here).matches("[0-9a-f]{64}");
    assertThat(TrainOnce.train(data, folder.resolve("again"))).isEqualTo(here);
    assertThat(child("jars", false, "-DDJL_CACHE_DIR=" + CACHE.toAbsolutePath())).isEqualTo(here);
    // As installed: libraries in a folder, and another country's way of writing numbers and dates.
    assertThat(
            child(
                "installed",
                true,
                "-DPYTORCH_LIBRARY_PATH=" + libraries(),
                "-Duser.language=tr",
                "-Duser.timezone=Asia/Kathmandu"))
        .isEqualTo(here);
  }

  @Test
  void withoutLibrariesTheTaskFailsWithAReasonAndNothingIsDownloaded() throws Exception {
    var empty = folder.resolve("empty");
    assertThat(child("none", true, "-DDJL_CACHE_DIR=" + empty))
        // DJL's own words for a download that it was told not to try.
        .startsWith("torch's libraries cannot be loaded on this machine (Offline model is enabled")
        .contains("PYTORCH_LIBRARY_PATH");
    try (var files = Files.walk(folder)) {
      assertThat(files.map(file -> String.valueOf(file.getFileName())))
          .noneMatch(name -> name.startsWith("libtorch") || name.startsWith("libc10"));
    }
  }

  private String child(String name, boolean withoutNativeJars, String... options) throws Exception {
    var words = new ArrayList<String>();
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    words.addAll(List.of("-Xmx256m", "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"));
    words.addAll(List.of(options));
    words.addAll(List.of("-cp", classPath(withoutNativeJars), TrainOnce.class.getName()));
    words.addAll(List.of(data.toString(), folder.resolve(name).toString()));
    var errors = folder.resolve(name + ".err").toFile();
    var process = new ProcessBuilder(words).redirectError(errors).start();
    try (var output = process.getInputStream()) {
      var text = new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(Files.readString(errors.toPath())).isZero();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }

  private static String classPath(boolean withoutNativeJars) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry ->
            !withoutNativeJars
                || !(entry.contains("pytorch-native-") || entry.contains("pytorch-jni")))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path libraries() throws Exception {
    try (var folders = Files.list(CACHE.resolve("pytorch"))) {
      return folders.filter(Files::isDirectory).findFirst().orElseThrow().toAbsolutePath();
    }
  }
}
