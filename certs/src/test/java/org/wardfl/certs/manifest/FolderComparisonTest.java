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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many seeded changes to a folder, every one of which must be caught and named.
class FolderComparisonTest {

  private static final long SEED = 4711;
  private static final int FOLDERS = 100;
  private static final int MUTATIONS = 20;

  @TempDir private Path folder;

  @Test
  void everyMutationIsCaughtAndNamed() throws IOException {
    mutate(FOLDERS);
  }

  @Test
  @Tag("slow")
  void everyMutationOfThousandsOfFoldersIsCaughtAndNamed() throws IOException {
    mutate(40 * FOLDERS);
  }

  private void mutate(int folders) throws IOException {
    var random = new Random(SEED);
    for (int i = 0; i < folders; i++) {
      var root = Files.createDirectory(folder.resolve("r" + i));
      var paths = randomFiles(root, random);
      var manifest = Manifest.of("kit", Map.of(), FolderComparison.list(root, _ -> false));
      for (int j = 0; j < MUTATIONS; j++) {
        var path = paths.get(random.nextInt(paths.size()));
        var mutation = mutate(root, path, paths, random);
        assertThat(FolderComparison.compare(manifest, root, _ -> false))
            .as("seed " + SEED + ", folder " + i + ", mutation " + j + ": " + mutation)
            .isNotEmpty()
            .anyMatch(difference ->
                difference.getClass().getSimpleName().equals(mutation.kind())
                    && difference.path().equals(mutation.path()));
        mutation.undo().run();
      }
      assertThat(FolderComparison.compare(manifest, root, _ -> false)).as("undone").isEmpty();
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

  private interface Undo {
    void run() throws IOException;
  }

  /// What was done, what must be said about it, and how it is undone.
  private record Mutation(String kind, String path, Undo undo) {}

  private static Mutation mutate(Path root, String path, List<String> paths, Random random)
      throws IOException {
    var file = root.resolve(path);
    var content = Files.readAllBytes(file);
    Undo write = () -> Files.write(file, content);
    return switch (random.nextInt(8)) {
      case 0 -> {
        var changed = content.clone();
        changed[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        Files.write(file, changed);
        yield new Mutation("Changed", path, write);
      }
      case 1 -> {
        Files.write(file, Arrays.copyOf(content, random.nextInt(content.length)));
        yield new Mutation("Changed", path, write);
      }
      case 2 -> {
        Files.write(file, Arrays.copyOf(content, content.length + 1));
        yield new Mutation("Changed", path, write);
      }
      case 3 -> {
        Files.delete(file);
        yield new Mutation("Missing", path, write);
      }
      case 4 -> {
        var renamed = Files.move(file, root.resolve("renamed"));
        yield new Mutation("Renamed", path, () -> Files.move(renamed, file));
      }
      case 5 -> {
        var added = random.nextBoolean() ? "added" : "added/deep";
        Files.createDirectories(root.resolve(added).getParent());
        Files.write(root.resolve(added), new byte[random.nextInt(3)]);
        yield new Mutation("Added", added, () -> deleteAll(root.resolve("added")));
      }
      case 6 -> {
        var target = Files.move(file, root.resolve("aside"));
        Files.createSymbolicLink(file, target);
        yield new Mutation(
            "NotAFile", path, () -> Files.move(target, file, StandardCopyOption.REPLACE_EXISTING));
      }
      default -> {
        var other = root.resolve(paths.get(random.nextInt(paths.size())));
        if (other.equals(file)) {
          Files.createDirectory(root.resolve("empty"));
          yield new Mutation("Added", "empty", () -> Files.delete(root.resolve("empty")));
        }
        swap(file, other);
        yield new Mutation("Swapped", path, () -> swap(file, other));
      }
    };
  }

  private static void swap(Path one, Path other) throws IOException {
    var aside = Files.move(one, one.resolveSibling("aside"));
    Files.move(other, one);
    Files.move(aside, other);
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
