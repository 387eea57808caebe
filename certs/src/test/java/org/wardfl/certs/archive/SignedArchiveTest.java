package org.wardfl.certs.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.certs.CertifiedProject.NOW;
import static org.wardfl.certs.archive.ArchiveFixture.ALICE;
import static org.wardfl.certs.archive.ArchiveFixture.ANCHORS;
import static org.wardfl.certs.archive.ArchiveFixture.PROJECT;
import static org.wardfl.certs.archive.ArchiveFixture.TYPE;
import static org.wardfl.certs.archive.ArchiveFixture.text;

import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;

class SignedArchiveTest {

  private static final Map<String, String> FILES =
      Map.of("job.yaml", "name: x\n", "lib/algorithm.jar", "a jar", "empty.txt", "");
  private static final Set<LeafProfile> USERS = Set.of(LeafProfile.USER);

  @TempDir private Path folder;
  private byte[] archive = {};
  private Path target = Path.of("none");

  @BeforeEach
  void pack() throws Exception {
    archive = ArchiveFixture.archive(folder, FILES, Map.of("job", "1"));
    target = Files.createDirectory(folder.resolve("jobs")).resolve("one");
  }

  @Test
  void filesComeBackAsTheyWere() throws Exception {
    ArchiveFixture.unpack(folder, archive, target);
    for (var file : FILES.entrySet()) {
      assertThat(target.resolve(file.getKey())).hasContent(file.getValue());
    }
    onlyTheTargetIsThere();
  }

  @Test
  void otherProgramsReadIt() throws Exception {
    var file = Files.write(folder.resolve("a.zip"), archive);
    try (var zip = new ZipFile(file.toFile())) {
      assertThat(zip.stream().map(entry -> entry.getName()))
          .containsExactly(".ward/manifest.txt", "empty.txt", "job.yaml", "lib/algorithm.jar");
      assertThat(zip.getInputStream(zip.getEntry("job.yaml"))).hasContent("name: x\n");
    }
  }

  @Test
  void itsBytesFollowFromManifestAndSignature() throws Exception {
    var entries = RawZip.read(archive);
    assertThat(RawZip.of(entries)).isEqualTo(archive);
  }

  @Test
  void oneFileIsCopiedOut() throws Exception {
    var file = Files.write(folder.resolve("a.zip"), archive);
    try (var opened = ArchiveFixture.open(file)) {
      var jar = jar(opened);
      opened.copy(jar, target);
      assertThat(target).hasContent("a jar");
      assertThatExceptionOfType(FileAlreadyExistsException.class)
          .isThrownBy(() -> opened.copy(jar, target));
      assertThat(target).hasContent("a jar");
      assertThatExceptionOfType(ArchiveException.class)
          .isThrownBy(
              () -> opened.copy(new FileEntry("job.yaml", 1, "00".repeat(32)), folder.resolve("x")))
          .withMessageContaining("there is no file 'job.yaml'");
    }
  }

  private static FileEntry jar(SignedArchive opened) {
    return Objects.requireNonNull(opened.verified().manifest().files().get("lib/algorithm.jar"));
  }

  @Test
  void aCopyOfAnotherContentIsGone() throws Exception {
    archive[indexOf("a jar")]++;
    var file = Files.write(folder.resolve("a.zip"), archive);
    try (var opened = ArchiveFixture.open(file)) {
      assertThatExceptionOfType(ArchiveException.class)
          .isThrownBy(() -> opened.copy(jar(opened), target))
          .withMessage("file 'lib/algorithm.jar' is not what was signed: its hash is another");
      assertThatExceptionOfType(ArchiveException.class)
          .isThrownBy(opened::check)
          .withMessage("file 'lib/algorithm.jar' is not what was signed: its hash is another");
    }
    assertThat(target).doesNotExist();
  }

  @Test
  void whatIsThereIsNotReplaced() throws Exception {
    Files.createDirectory(target);
    assertThatExceptionOfType(FileAlreadyExistsException.class)
        .isThrownBy(() -> ArchiveFixture.unpack(folder, archive, target));
  }

  @Test
  void whatAnEarlierProcessLeftIsSweptAway() throws Exception {
    var left = Files.createDirectories(folder.resolve("jobs/one.part/lib"));
    Files.writeString(left.resolve("half"), "x");
    Files.createSymbolicLink(left.resolve("link"), folder);
    StagedFolder.sweep(folder.resolve("jobs"));
    assertThat(folder.resolve("jobs")).isEmptyDirectory();
    assertThat(folder.resolve("received.zip").getParent()).isDirectoryContaining(Files::exists);
  }

  @Test
  void onlyABelievedPersonsSignatureCounts() throws Exception {
    refusedFrom(PROJECT.identity("site", "hospital-a"), ANCHORS, "expected one of user");
    refusedFrom(PROJECT.identity("server", "fl.example.org"), ANCHORS, "expected one of user");
    refusedFrom(PROJECT.identity("signer", "signer"), ANCHORS, "expected one of user");
    var foreign = new CertifiedProject("chest_ct").identity("lead", "alice@uni.org");
    refusedFrom(foreign, ANCHORS, "is no authority of project chest_ct");
    refusedFrom(ALICE, PROJECT.anchors(ALICE), "has been revoked");
  }

  private void refusedFrom(Identity signer, TrustAnchors anchors, String message) throws Exception {
    var file = Files.write(folder.resolve("x"), new byte[1]);
    var manifest =
        Manifest.of(TYPE, Map.of(), FolderComparison.list(folder, path -> !path.equals("x")));
    SignedArchive.write(manifest, folder, signer, target);
    assertThat(file).exists();
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(() -> SignedArchive.open(target, TYPE, anchors, USERS, NOW))
        .withMessageContaining(message);
  }

  @Test
  void itCountsInItsTimeOnly() throws Exception {
    var file = Files.write(folder.resolve("a.zip"), archive);
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(
            () -> SignedArchive.open(file, TYPE, ANCHORS, USERS, NOW.minus(Duration.ofDays(1))))
        .withMessageContaining("check the clock");
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(
            () -> SignedArchive.open(file, TYPE, ANCHORS, USERS, NOW.plus(Duration.ofDays(31))))
        .withMessageContaining("the revocation lists were due for renewal");
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(() -> SignedArchive.open(file, "kit", ANCHORS, USERS, NOW))
        .withMessageContaining("of type 'job', expected 'kit'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../outside",
        "/etc/passwd",
        "a/../../b",
        "a//b",
        "a\\b",
        "a:b",
        ".hidden",
        "a/.ssh/b",
        ".ward/manifest.txt",
        "a b",
        "ä",
        "a\nb",
        "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q",
      })
  void aSignedNameThatIsNotPlainIsRefused(String name) throws Exception {
    refusedNames(List.of(name));
  }

  @Test
  void signedNamesThatAreOneElsewhereAreRefused() throws Exception {
    refusedNames(List.of("A.txt", "a.txt"));
    refusedNames(List.of("a/b", "A/c"));
    refusedNames(List.of("a", "a/b"));
    refusedNames(List.of("A", "a/b"));
    refusedNames(List.of("x".repeat(201)));
  }

  /// A signer who does not use our writer can sign any names that a manifest can hold.
  private void refusedNames(List<String> names) throws Exception {
    var hash = new ContentCheck().entry("x").sha256();
    var signed =
        names.stream()
            .map(name -> "file " + hash + " 0 " + percentEncoded(name) + "\n")
            .reduce("ward-manifest 1\ntype job\n", String::concat);
    byte[] bytes;
    try {
      bytes = SignedManifest.sign(Manifest.decode(text(signed)), ALICE).encode();
    } catch (IdentityException e) {
      // The manifest itself cannot hold such a name.
      assertThat(e).hasMessageContaining("not a manifest");
      return;
    }
    var entries = new ArrayList<RawZip.Entry>();
    entries.add(RawZip.Entry.of(SignedArchive.MANIFEST, bytes));
    names.forEach(name -> entries.add(RawZip.Entry.of(name, new byte[0])));
    refused(RawZip.of(entries), "");
  }

  private static String percentEncoded(String name) {
    var encoded = new StringBuilder();
    for (byte b : text(name)) {
      encoded.append(b > ' ' && b < 0x7f ? String.valueOf((char) b) : String.format("%%%02x", b));
    }
    return encoded.toString();
  }

  @Test
  void anotherOrderIsRefused() throws Exception {
    var entries = RawZip.read(archive);
    Collections.swap(entries, 1, 2);
    refused(RawZip.of(entries), "there is not the file 'empty.txt'");
    Collections.swap(entries, 0, 1);
    refused(RawZip.of(entries), "does not begin with .ward/manifest.txt");
  }

  @Test
  void moreOrFewerFilesAreRefused() throws Exception {
    var entries = RawZip.read(archive);
    var extra = new ArrayList<>(entries);
    extra.add(RawZip.Entry.of("z.sh", text("#!/bin/sh")));
    refused(RawZip.of(extra), "the archive's directory says something else");
    var twice = new ArrayList<>(entries);
    twice.add(entries.getLast());
    refused(RawZip.of(twice), "the archive's directory says something else");
    refused(RawZip.of(entries.subList(0, 3)), "there is not the file 'lib/algorithm.jar'");
  }

  @Test
  void aFileOfAnotherArchiveIsRefused() throws Exception {
    var other = new TreeMap<>(FILES);
    other.put("job.yaml", "name: y\n");
    var spliced = RawZip.read(archive);
    var source = RawZip.read(ArchiveFixture.archive(folder, other, Map.of("job", "2")));
    spliced.set(2, source.get(2));
    refused(RawZip.of(spliced), "file 'job.yaml' is not what was signed");
    source.set(2, RawZip.read(archive).get(2));
    refused(RawZip.of(source), "file 'job.yaml' is not what was signed");
  }

  @Test
  void headersThatDisagreeAreRefused() throws Exception {
    refusedEntry(entry -> entry.centrallyNamed("evil.yaml"), "the archive's directory says");
    refusedEntry(entry -> entry.named("../../etc/x"), "there is not the file 'job.yaml'");
    refusedEntry(entry -> entry.named("job.yaml\0.txt"), "there is not the file 'job.yaml'");
    refusedEntry(entry -> entry.claiming(1 << 30), "there is not the file 'job.yaml'");
    refusedEntry(entry -> entry.flagged(8), "there is not the file 'job.yaml'");
    refusedEntry(entry -> entry.withExtra(new byte[4]), "there is not the file 'job.yaml'");
    refusedEntry(entry -> entry.withAttributes(0xa1ff0000), "the archive's directory says");
  }

  @Test
  void aBombIsRefusedUnread() throws Exception {
    var bomb = RawZip.Entry.of("job.yaml", new byte[64 << 20]);
    refusedEntry(_ -> bomb.deflated(), "there is not the file 'job.yaml'");
    refusedEntry(RawZip.Entry::deflated, "there is not the file 'job.yaml'");
  }

  private void refusedEntry(UnaryOperator<RawZip.Entry> change, String message) throws Exception {
    var entries = RawZip.read(archive);
    entries.set(2, change.apply(entries.get(2)));
    refused(RawZip.of(entries), message);
  }

  @Test
  void bytesBetweenAndAroundAreRefused() throws Exception {
    var entries = RawZip.read(archive);
    var junk = text("#!/bin/sh\n");
    var before = new RawZip().garbage(junk);
    entries.forEach(before::add);
    refused(before.finish(""), "does not begin with .ward/manifest.txt");
    var between = new RawZip().add(entries.getFirst()).garbage(junk);
    entries.subList(1, entries.size()).forEach(between::add);
    refused(between.finish(""), "there is not the file 'empty.txt'");
    var behind = new RawZip();
    entries.forEach(behind::add);
    refused(behind.garbage(junk).finish(""), "the archive's directory says something else");
    var comment = new RawZip();
    entries.forEach(comment::add);
    refused(comment.finish("hello"), "the archive's directory says something else");
    var after = Arrays.copyOf(archive, archive.length + 1);
    refused(after, "the archive goes on for 1 bytes after its end");
  }

  @Test
  void whatIsNoArchiveIsRefused() throws Exception {
    refused(new byte[0], "the archive ends in the middle, at byte 0");
    refused(text("x".repeat(100)), "not a signed archive");
    var huge = RawZip.Entry.of(SignedArchive.MANIFEST, new byte[18 << 20]);
    refused(RawZip.of(List.of(huge)), "expected at most");
    var unsigned = RawZip.Entry.of(SignedArchive.MANIFEST, text("ward-manifest 1\ntype job\n"));
    refused(RawZip.of(List.of(unsigned)), "a manifest without a signature");
  }

  @Test
  void aFileThatChangesWhileItIsPackedIsRefused() throws Exception {
    var source = Files.createDirectory(folder.resolve("changing"));
    var file = Files.writeString(source.resolve("a"), "before");
    var manifest = Manifest.of(TYPE, Map.of(), FolderComparison.list(source, _ -> false));
    Files.writeString(file, "after!");
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(() -> SignedArchive.write(manifest, source, ALICE, target))
        .withMessageContaining("'a' was changed while it was packed");
    assertThat(folder.resolve("jobs")).isEmptyDirectory();
  }

  private void refused(byte[] bytes, String message) throws Exception {
    assertThatExceptionOfType(ArchiveException.class)
        .isThrownBy(() -> ArchiveFixture.unpack(folder, bytes, target))
        .withMessageContaining(message);
    assertThat(folder.resolve("jobs")).isEmptyDirectory();
  }

  private void onlyTheTargetIsThere() throws Exception {
    try (var entries = Files.list(folder.resolve("jobs"))) {
      assertThat(entries).containsExactly(target);
    }
  }

  private int indexOf(String content) {
    return new String(archive, StandardCharsets.ISO_8859_1).indexOf(content);
  }
}
