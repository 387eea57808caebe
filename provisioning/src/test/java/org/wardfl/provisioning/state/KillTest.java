package org.wardfl.provisioning.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.certs.Passphrase;
import org.wardfl.provisioning.kit.StartupKit;

/// A provisioning process that is killed, or whose disk is full, leaves the old state or the new
/// one, and a second run completes it.
class KillTest {

  private static final int SITES = 2;
  private static final int KITS = SITES + 2;
  private static final int DEADLINE_SECONDS = 60;

  @TempDir private Path folder;

  /// Killed when there are as many files; a whole run makes about ninety.
  @ParameterizedTest
  @ValueSource(ints = {1, 70})
  void aKilledRunIsCompletedByTheNext(int files) throws Exception {
    killAndComplete(folder.resolve("out"), files);
  }

  @Test
  @Tag("slow")
  void aRunKilledAnywhereIsCompletedByTheNext() throws Exception {
    long seed = 20261123;
    var random = new Random(seed);
    for (int i = 0; i < 40; i++) {
      int files = 1 + random.nextInt(90);
      killAndComplete(folder.resolve("out" + i + "-" + files), files);
    }
  }

  /// No file may grow beyond so many KiB: the trust bundle does not fit, or the zips do not.
  @ParameterizedTest
  @ValueSource(ints = {2, 5})
  void aFullDiskIsNamedAndNothingIsHalfWritten(int limit) throws Exception {
    var out = folder.resolve("out");
    var command =
        new ArrayList<>(List.of("bash", "-c", "ulimit -f " + limit + "; exec \"$@\"", "bash"));
    command.addAll(command(out, SITES));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isNotZero();
    assertThat(output).contains("File too large");
    assertThat(out.resolve("kits")).doesNotExist();
    assertThat(out.resolve("state/staged"))
        .satisfiesAnyOf(
            staged -> assertThat(staged).doesNotExist(),
            staged -> assertThat(staged).isEmptyDirectory());
    requireComplete(out, firstLine(output), Map.of());
  }

  /// The bound of the whole: one server, fifty hospitals and ten people.
  @Test
  @Tag("slow")
  void sixtyOneKitsAreMadeInSeconds() throws Exception {
    var process =
        new ProcessBuilder(command(folder.resolve("out"), 59, "a passphrase that people choose"))
            .redirectErrorStream(true)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    assertThat(output).contains("61 kits in ");
    int millis = Integer.parseInt(output.replaceAll("(?s).* in ([0-9]+) ms\\s*", "$1"));
    assertThat(millis).isLessThan(5_000);
  }

  private void killAndComplete(Path out, int files) throws Exception {
    var process = new ProcessBuilder(command(out, SITES)).start();
    var passphrase = process.inputReader().readLine();
    var deadline = Instant.now().plusSeconds(DEADLINE_SECONDS);
    while (process.isAlive() && count(out) < files && Instant.now().isBefore(deadline)) {
      Thread.onSpinWait();
    }
    process.destroyForcibly();
    assertThat(process.waitFor(DEADLINE_SECONDS, TimeUnit.SECONDS)).isTrue();
    requireComplete(out, passphrase, placed(out));
  }

  private static String firstLine(String output) {
    return output.lines().findFirst().orElseThrow();
  }

  /// Completes what is there, and checks all of it.
  private static void requireComplete(Path out, String passphrase, Map<String, String> before)
      throws Exception {
    ProvisionMain.main(out.toString(), Integer.toString(SITES), passphrase);
    assertThat(out.resolve("state/staged")).isEmptyDirectory();
    assertThat(out.resolve("state.new")).doesNotExist();
    try (var state = ProjectState.open(out, new Passphrase(passphrase), Instant.now())) {
      var serials = new HashSet<String>();
      assertThat(state.registry().members()).hasSize(KITS);
      for (var member : state.registry().members().values()) {
        assertThat(member.certificates()).hasSize(1);
        assertThat(serials.add(member.certificates().getFirst().serial())).isTrue();
        var kit = StartupKit.open(out.resolve("kits").resolve(member.name()));
        var password =
            Files.readString(out.resolve("passwords").resolve(member.name() + ".txt")).strip();
        var identity = kit.identity(new Passphrase(password), Instant.now());
        assertThat(identity.certificate().getSerialNumber().toString(16))
            .isEqualTo(member.certificates().getFirst().serial());
        assertThat(out.resolve("zips").resolve(member.name() + ".zip")).exists();
      }
    }
    assertThat(placed(out)).containsAllEntriesOf(before);
  }

  /// The private keys of kits that stand in their place.
  private static Map<String, String> placed(Path out) throws IOException {
    var keys = new TreeMap<String, String>();
    var kits = out.resolve("kits");
    if (Files.exists(kits)) {
      try (var folders = Files.list(kits)) {
        for (var kit : folders.toList()) {
          keys.put(kit.getFileName().toString(), Files.readString(kit.resolve("identity.pem")));
        }
      }
    }
    return keys;
  }

  private static long count(Path out) {
    if (!Files.exists(out)) {
      return 0;
    }
    try (var files = Files.walk(out)) {
      return files.filter(Files::isRegularFile).count();
    } catch (IOException | UncheckedIOException _) {
      // The other process renames while this one looks.
      return 0;
    }
  }

  private static List<String> command(Path out, int sites, String... passphrase) {
    var command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                ProvisionMain.class.getName(),
                out.toString(),
                Integer.toString(sites)));
    command.addAll(List.of(passphrase));
    return command;
  }
}
