package org.wardfl.certs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Changes archives at random: each is refused in words, and nothing of it is left.
class ArchiveMutationTest {

  private static final int KINDS = 12;

  @TempDir private Path folder;

  @Test
  void noMutationIsUnpacked() throws Exception {
    sweep(20261123, 1_000);
  }

  @Test
  @Tag("slow")
  void noneOfManyMutationsIsUnpacked() throws Exception {
    sweep(4711, 20_000);
  }

  private void sweep(long seed, int count) throws Exception {
    var one = archive("1", "name: x\n");
    var other = archive("2", "name: y\n");
    var random = new Random(seed);
    int tried = 0;
    while (tried < count) {
      int kind = tried % KINDS;
      var mutant = mutate(kind, one, other, random);
      if (!Arrays.equals(mutant, one) && !Arrays.equals(mutant, other)) {
        requireRefused(mutant, "seed " + seed + ", mutation " + tried + " of kind " + kind);
      }
      tried++;
    }
  }

  private byte[] archive(String job, String yaml) throws IOException, ArchiveException {
    var files = Map.of("job.yaml", yaml, "lib/a.jar", "x".repeat(700), "b.txt", "b", "c.txt", "");
    return ArchiveFixture.archive(folder, files, Map.of("job", job));
  }

  private void requireRefused(byte[] mutant, String which) throws IOException {
    var target = folder.resolve("jobs").resolve("one");
    Files.createDirectories(target.getParent());
    try {
      ArchiveFixture.unpack(folder, mutant, target);
      fail(which + " was unpacked");
    } catch (ArchiveException e) {
      assertThat(e.getMessage()).as(which).isNotBlank().doesNotContain(folder.toString());
    } catch (RuntimeException e) {
      fail(which + " was refused without a reason", e);
    }
    assertThat(target.getParent()).as(which).isEmptyDirectory();
  }

  private static byte[] mutate(int kind, byte[] one, byte[] other, Random random) {
    int at = random.nextInt(one.length);
    var entries = RawZip.read(one);
    var others = RawZip.read(other);
    int entry = random.nextInt(entries.size());
    return switch (kind) {
      case 0 -> flipped(one, at, random);
      case 1 -> Arrays.copyOf(one, at);
      case 2 -> spliced(one, one.length, random(random));
      case 3 -> spliced(one, at, random(random));
      case 4 -> without(one, at, 1 + random.nextInt(40));
      case 5 -> overwritten(one, at, other, random);
      case 6 -> {
        Collections.swap(entries, entry, random.nextInt(entries.size()));
        yield RawZip.of(entries);
      }
      case 7 -> {
        entries.set(entry, others.get(random.nextInt(others.size())));
        yield RawZip.of(entries);
      }
      case 8 -> {
        entries.add(random.nextInt(entries.size() + 1), entries.get(entry));
        yield RawZip.of(entries);
      }
      case 9 -> {
        entries.set(entry, entries.get(entry).named(name(random)));
        yield RawZip.of(entries);
      }
      case 10 -> {
        entries.set(entry, lying(entries.get(entry), random));
        yield RawZip.of(entries);
      }
      default -> flipped(flipped(one, at, random), random.nextInt(one.length), random);
    };
  }

  private static RawZip.Entry lying(RawZip.Entry entry, Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> entry.centrallyNamed(name(random));
      case 1 -> entry.claiming(random.nextInt());
      case 2 -> entry.flagged(1 << random.nextInt(16));
      case 3 -> entry.withAttributes(1 << random.nextInt(32));
      case 4 -> entry.withExtra(random(random));
      default -> entry.deflated();
    };
  }

  private static String name(Random random) {
    var names =
        List.of("../x", "/x", "JOB.YAML", "job.yaml", "lib", "lib/../job.yaml", "a\\b", ".x", "");
    return names.get(random.nextInt(names.size()));
  }

  private static byte[] random(Random random) {
    var bytes = new byte[1 + random.nextInt(64)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] flipped(byte[] bytes, int at, Random random) {
    var copy = bytes.clone();
    copy[at] ^= (byte) (1 << random.nextInt(8));
    return copy;
  }

  private static byte[] spliced(byte[] bytes, int at, byte[] more) {
    var output = new ByteArrayOutputStream();
    output.write(bytes, 0, at);
    output.writeBytes(more);
    output.write(bytes, at, bytes.length - at);
    return output.toByteArray();
  }

  private static byte[] without(byte[] bytes, int at, int size) {
    var output = new ByteArrayOutputStream();
    output.write(bytes, 0, at);
    int rest = Math.min(bytes.length, at + size);
    output.write(bytes, rest, bytes.length - rest);
    return output.toByteArray();
  }

  private static byte[] overwritten(byte[] bytes, int at, byte[] other, Random random) {
    var copy = bytes.clone();
    int from = random.nextInt(other.length);
    int size = Math.min(1 + random.nextInt(400), Math.min(bytes.length - at, other.length - from));
    System.arraycopy(other, from, copy, at, size);
    return copy;
  }
}
