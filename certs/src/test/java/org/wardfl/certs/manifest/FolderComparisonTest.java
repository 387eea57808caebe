package org.wardfl.certs.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many seeded changes to a folder, every one of which must be caught and named.
class FolderComparisonTest {

  private static final long SEED = 4711;
  private static final int ROUNDS = 1500;

  @TempDir private Path folder;

  @Test
  void everyMutationIsCaughtAndNamed() throws IOException {
    var random = new Random(SEED);
    for (int round = 0; round < ROUNDS; round++) {
      var root = Files.createDirectory(folder.resolve("r" + round));
      var paths = randomFiles(root, random);
      var manifest = Manifest.of("kit", Map.of(), FolderComparison.list(root, _ -> false));
      assertThat(FolderComparison.compare(manifest, root, _ -> false)).isEmpty();
      var path = paths.get(random.nextInt(paths.size()));
      var mutation = mutate(root, path, paths, random);
      assertThat(FolderComparison.compare(manifest, root, _ -> false))
          .as("seed " + SEED + ", round " + round + ": " + mutation)
          .isNotEmpty()
          .anyMatch(difference ->
              difference.getClass().getSimpleName().equals(mutation.kind())
                  && difference.path().equals(mutation.path()));
      deleteAll(root);
    }
  }

  @Test
  void leftOutPathsAreNotLookedAt() throws IOException {
    Files.writeString(folder.resolve("a"), "1");
    Files.createDirectories(folder.resolve("own/deep"));
    var manifest = Manifest.of("kit", Map.of(), FolderComparison.list(folder, "own"::equals));
    Files.writeString(folder.resolve("own/deep/x"), "anything");
    assertThat(FolderComparison.compare(manifest, folder, "own"::equals)).isEmpty();
    assertThat(FolderComparison.compare(manifest, folder, _ -> false))
        .containsExactly(new Difference.Added("own/deep/x"));
  }

  @Test
  void aLinkIsNotFollowed() throws IOException {
    var outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("a"), "1");
    var link = Files.createSymbolicLink(folder.resolve("link"), outside);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> FolderComparison.list(link, _ -> false))
        .withMessageContaining("is no folder");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> FolderComparison.list(folder, _ -> false))
        .withMessageContaining("no regular files: [link]");
  }

  /// What was done, and what must be said about it.
  private record Mutation(String kind, String path) {}

  private static Mutation mutate(Path root, String path, List<String> paths, Random random)
      throws IOException {
    var file = root.resolve(path);
    var content = Files.readAllBytes(file);
    var other = paths.get(random.nextInt(paths.size()));
    return switch (random.nextInt(8)) {
      case 0 -> {
        content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, content);
        yield new Mutation("Changed", path);
      }
      case 1 -> {
        Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
        yield new Mutation("Changed", path);
      }
      case 2 -> {
        Files.write(file, Arrays.copyOf(content, content.length + 1));
        yield new Mutation("Changed", path);
      }
      case 3 -> {
        Files.delete(file);
        yield new Mutation("Missing", path);
      }
      case 4 -> {
        Files.move(file, root.resolve("renamed"));
        yield new Mutation("Renamed", path);
      }
      case 5 -> {
        var added = random.nextBoolean() ? "added" : "added/deep";
        Files.createDirectories(root.resolve(added).getParent());
        Files.write(root.resolve(added), new byte[random.nextInt(3)]);
        yield new Mutation("Added", added);
      }
      case 6 -> {
        var target = Files.move(file, root.resolve("aside"));
        Files.createSymbolicLink(file, target);
        yield new Mutation("NotAFile", path);
      }
      default -> {
        if (other.equals(path)) {
          Files.createDirectory(root.resolve("empty"));
          yield new Mutation("Added", "empty");
        }
        var aside = Files.move(file, root.resolve("aside"));
        Files.move(root.resolve(other), file);
        Files.move(aside, root.resolve(other), StandardCopyOption.REPLACE_EXISTING);
        yield new Mutation("Swapped", path);
      }
    };
  }

  private static List<String> randomFiles(Path root, Random random) throws IOException {
    var paths = new ArrayList<String>();
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      var path = (random.nextBoolean() ? "" : "d" + random.nextInt(2) + "/") + "f" + i;
      Files.createDirectories(root.resolve(path).getParent());
      // The first bytes differ, so that no two files are equal.
      var content = new byte[9 + random.nextInt(40)];
      random.nextBytes(content);
      content[0] = (byte) i;
      Files.write(root.resolve(path), content);
      paths.add(path);
    }
    return paths;
  }

  private static void deleteAll(Path root) throws IOException {
    try (var walk = Files.walk(root)) {
      for (var path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
