package org.wardfl.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;

class UploadsTest {

  private static final String SITE = "ward://project/site/hospital-a";
  private static final String OTHER = "ward://project/site/hospital-b";
  private static final int SIZE = 300_000;
  private static final long QUOTA = 2_000_000;

  @TempDir private Path folder;
  private final byte[] content = new byte[SIZE];
  private final Set<ModelHash> needed = new HashSet<>();
  private BlobStore blobs;

  @BeforeEach
  void fill() throws IOException {
    new Random(7).nextBytes(content);
    blobs = new BlobStore(folder.resolve("blobs"), Durability.DISK);
  }

  @Test
  void aFileComesInPieces() throws Exception {
    var random = new Random(20261124);
    try (var upload = open(uploads(), SITE, content)) {
      while (upload.offset() < SIZE) {
        append(upload, 1 + random.nextInt(100_000));
      }
      upload.complete();
    }
    requireStored();
    assertThat(filesUnderWay()).isEmpty();
  }

  @Test
  void itGoesOnWhereItWasCutAtAnyByte() throws Exception {
    var random = new Random(20261124);
    for (int i = 0; i < 40; i++) {
      int cut = random.nextInt(SIZE);
      try (var upload = open(uploads(), SITE, content)) {
        append(upload, cut);
      }
      try (var upload = open(uploads(), SITE, content)) {
        assertThat(upload.offset()).isEqualTo(cut);
        append(upload, SIZE);
        upload.complete();
      }
      requireStored();
      blobs.retain(Set.of());
    }
  }

  @Test
  void aProcessThatWasKilledCostsTheLastBlockAtMost() throws Exception {
    var random = new Random(20261124);
    for (int i = 0; i < 40; i++) {
      int cut = random.nextInt(SIZE);
      var killed = open(uploads(), SITE, content);
      append(killed, cut);
      // The killed process is not there to close its files.
      try (var upload = open(uploads(), SITE, content)) {
        assertThat(upload.offset()).isBetween(Math.max(0L, cut - (64L << 10)), (long) cut);
        append(upload, SIZE);
        upload.complete();
      }
      requireStored();
      blobs.retain(Set.of());
    }
  }

  @Test
  void bytesThatALossOfPowerTookAreAskedForAgain() throws Exception {
    var random = new Random(20261124);
    for (int i = 0; i < 60; i++) {
      try (var upload = open(uploads(), SITE, content)) {
        append(upload, SIZE - 1);
      }
      var part = filesUnderWay().stream().filter(file -> !isSums(file)).findFirst().orElseThrow();
      var sums = filesUnderWay().stream().filter(UploadsTest::isSums).findFirst().orElseThrow();
      long good = harm(random, part, sums);
      try (var upload = open(uploads(), SITE, content)) {
        assertThat(upload.offset()).isLessThanOrEqualTo(good);
        append(upload, SIZE);
        upload.complete();
      }
      requireStored();
      blobs.retain(Set.of());
    }
  }

  /// Flips a bit or cuts the end off, of the bytes or their checksums.
  ///
  /// @return how much of the file can still be good
  private static long harm(Random random, Path part, Path sums) throws IOException {
    boolean bytes = random.nextBoolean();
    var file = bytes ? part : sums;
    var found = Files.readAllBytes(file);
    int at = random.nextInt(found.length);
    if (random.nextBoolean()) {
      found[at] ^= (byte) (1 << random.nextInt(8));
    } else {
      found = Arrays.copyOf(found, at);
    }
    Files.write(file, found);
    return bytes ? at : at / 8 * (64L << 10);
  }

  @Test
  void otherBytesThanAnnouncedAreThrownAway() throws Exception {
    var uploads = uploads();
    try (var upload = uploads.open(SITE, new ModelHash("ab".repeat(32)), SIZE)) {
      append(upload, SIZE);
      assertThatThrownBy(upload::complete)
          .isInstanceOf(BlobStore.HashMismatchException.class)
          .hasMessageContaining(hash(content) + ", " + "ab".repeat(32) + " was announced");
    }
    assertThat(filesUnderWay()).isEmpty();
    try (var upload = uploads.open(SITE, new ModelHash("ab".repeat(32)), SIZE)) {
      assertThat(upload.offset()).isZero();
    }
  }

  @Test
  void twoSendersOfOneFileEachBringAllOfIt() throws Exception {
    var uploads = uploads();
    try (var first = open(uploads, SITE, content);
        var second = open(uploads, OTHER, content)) {
      append(first, 1000);
      assertThat(second.offset()).isZero();
      append(second, SIZE);
      append(first, SIZE);
      second.complete();
      first.complete();
    }
    requireStored();
    assertThat(filesUnderWay()).isEmpty();
  }

  @Test
  void oneSenderCannotSendAFileTwiceAtOnce() throws Exception {
    var uploads = uploads();
    try (var _ = open(uploads, SITE, content)) {
      assertThatThrownBy(() -> open(uploads, SITE, content))
          .isInstanceOf(Uploads.InUseException.class);
    }
    open(uploads, SITE, content).close();
  }

  @Test
  void aSenderHasAQuota() throws Exception {
    var uploads = uploads();
    var first = uploads.open(SITE, new ModelHash("aa".repeat(32)), 1_500_000);
    assertThatThrownBy(() -> uploads.open(SITE, new ModelHash("bb".repeat(32)), 500_001))
        .isInstanceOf(Uploads.QuotaException.class)
        .hasMessageContaining("2000001 bytes under way or unused, at most 2000000");
    uploads.open(OTHER, new ModelHash("bb".repeat(32)), 500_001).close();
    first.close();
    // What lies there counts as well, also for the next process.
    assertThatThrownBy(() -> uploads().open(SITE, new ModelHash("bb".repeat(32)), 500_001))
        .isInstanceOf(Uploads.QuotaException.class);
    uploads.open(SITE, new ModelHash("aa".repeat(32)), 1_500_000).close();
  }

  @Test
  void manySmallFilesAreNotForNothing() throws Exception {
    var uploads = uploads();
    var hashes = new Random(3);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                var bytes = new byte[32];
                hashes.nextBytes(bytes);
                uploads.open(SITE, new ModelHash(HexFormat.of().formatHex(bytes)), 1).close();
              }
            })
        .isInstanceOf(Uploads.QuotaException.class);
  }

  @Test
  void whatIsBroughtAndNeverUsedCounts() throws Exception {
    var uploads = uploads();
    for (int i = 0; i < 6; i++) {
      bring(uploads, i);
    }
    assertThatThrownBy(() -> bring(uploads, 6)).isInstanceOf(Uploads.QuotaException.class);
    needed.add(hash(changed(0)));
    bring(uploads, 6);
    assertThatThrownBy(() -> bring(uploads, 7)).isInstanceOf(Uploads.QuotaException.class);
    blobs.sweep(() -> needed);
    blobs.sweep(() -> needed);
    bring(uploads, 7);
    assertThat(blobs.find(hash(changed(0)))).isPresent();
  }

  @Test
  void partsExpire() throws Exception {
    var uploads = uploads();
    var now = Instant.now();
    try (var upload = open(uploads, SITE, content)) {
      append(upload, 100_000);
      age(now.minus(Duration.ofDays(8)));
      uploads.expire(now, Duration.ofDays(7));
      assertThat(filesUnderWay()).as("under way").hasSize(2);
      append(upload, 100_000);
    }
    uploads.expire(now, Duration.ofDays(7));
    assertThat(filesUnderWay()).as("recent").hasSize(2);
    age(now.minus(Duration.ofDays(8)));
    uploads.expire(now, Duration.ofDays(7));
    assertThat(filesUnderWay()).isEmpty();
  }

  private void bring(Uploads uploads, int number) throws Exception {
    try (var upload = open(uploads, SITE, changed(number))) {
      upload.append(ByteBuffer.wrap(changed(number)));
      upload.complete();
    }
  }

  private byte[] changed(int number) {
    var bytes = content.clone();
    bytes[0] = (byte) number;
    return bytes;
  }

  private void age(Instant to) throws IOException {
    for (var file : filesUnderWay()) {
      Files.setLastModifiedTime(file, FileTime.from(to));
    }
  }

  private List<Path> filesUnderWay() throws IOException {
    try (var files = Files.walk(folder.resolve("uploads"))) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  private static boolean isSums(Path file) {
    return file.toString().endsWith(".sums");
  }

  private void requireStored() throws IOException {
    assertThat(blobs.require(hash(content))).hasBinaryContent(content);
  }

  private Uploads uploads() throws IOException {
    return new Uploads(folder.resolve("uploads"), blobs, QUOTA, () -> Set.copyOf(needed));
  }

  private static Upload open(Uploads uploads, String owner, byte[] bytes) throws Exception {
    return uploads.open(owner, hash(bytes), bytes.length);
  }

  private void append(Upload upload, int length) throws IOException {
    int at = (int) upload.offset();
    upload.append(ByteBuffer.wrap(content, at, Math.min(length, SIZE - at)));
  }

  private static ModelHash hash(byte[] bytes) {
    try {
      return new ModelHash(
          HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes)));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
