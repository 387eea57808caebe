package org.wardfl.client.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.certs.CertifiedProject.NOW;
import static org.wardfl.client.job.SignedJobs.ALICE;
import static org.wardfl.client.job.SignedJobs.CLOCK;
import static org.wardfl.client.job.SignedJobs.PROJECT;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.FolderComparison;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.provisioning.rights.Actor;

class JobPackageTest {

  @TempDir private Path parent;
  private Path folder = Path.of("none");
  private Path target = Path.of("none");

  @BeforeEach
  void makeFolder() throws Exception {
    folder = SignedJobs.folder(parent);
    target = parent.resolve("demo.job");
  }

  @Test
  void aJobComesBackAsItWasSigned() throws Exception {
    var submission = SignedJobs.submission();
    JobPackage.write(folder, SignedJobs.ownCode(), submission, ALICE, target);
    try (var opened = JobPackage.open(target, PROJECT.anchors(), CLOCK)) {
      var job = opened.job();
      assertThat(job.id()).isEqualTo(submission.job());
      assertThat(job.definition()).isEqualTo(SignedJobs.ownCode());
      assertThat(job.job().submission()).isEqualTo(submission);
      assertThat(job.submitter()).isEqualTo(new Actor("alice@uni.org", "uni", "lead"));
      assertThat(job.manifest().sizes()).containsEntry("lib/own.jar", 5L);
      assertThat(SignedJob.verify(opened.signedManifest(), PROJECT.anchors(), NOW)).isEqualTo(job);
      opened.extract(parent.resolve("unpacked"));
    }
    assertThat(parent.resolve("unpacked/lib/own.jar")).hasContent("a jar");
    assertThat(parent.resolve("unpacked/data")).doesNotExist();
  }

  @Test
  void dataAreNotInThePackage() throws Exception {
    pack();
    try (var zip = new ZipFile(target.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly(".ward/manifest.txt", "first.safetensors", "job.yaml", "lib/own.jar");
    }
    assertThat(Files.readString(target, StandardCharsets.ISO_8859_1))
        .doesNotContain("50,1")
        .doesNotContain("hospital-a.csv");
  }

  @Test
  void theFirstModelIsCopiedOutByItsHash() throws Exception {
    var algorithm =
        new AlgorithmDefinition("x", Optional.empty(), Optional.empty(), Arguments.none());
    var definition =
        SignedJobs.definition(algorithm, new InitialModel.FromFile("first.safetensors"), "ct");
    JobPackage.write(folder, definition, SignedJobs.submission(), ALICE, target);
    // As a server does, which has no part in packing.
    var anchors = PROJECT.anchors();
    try (var archive =
        SignedArchive.open(target, JobManifest.TYPE, anchors, Set.of(LeafProfile.USER), NOW)) {
      var manifest = archive.verified().manifest();
      var signer = archive.verified().signer().name().uri();
      var job = JobManifest.fromContext(manifest.context(), manifest.sizes(), signer, NOW);
      var file = Objects.requireNonNull(manifest.files().get(job.initialModel().orElseThrow()));
      var copy = parent.resolve("copy");
      archive.copy(file, copy);
      assertThat(ModelWriter.hash(copy).hex()).isEqualTo(file.sha256());
      assertThat(copy).hasContent("a model");
    }
  }

  @Test
  void theSameFolderGivesTheSameEntries() throws Exception {
    pack();
    var other = parent.resolve("other.job");
    JobPackage.write(folder, SignedJobs.definition(), SignedJobs.submission(), ALICE, other);
    try (var one = new ZipFile(target.toFile());
        var two = new ZipFile(other.toFile())) {
      var times = Collections.list(one.entries()).stream().map(ZipEntry::getTimeLocal).distinct();
      assertThat(times).hasSize(1);
      assertThat(one.stream().map(entry -> entry.getName() + entry.getMethod()))
          .containsExactlyElementsOf(
              two.stream().map(entry -> entry.getName() + entry.getMethod()).toList());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".env", "lib/.ssh", "a b", "ä.txt", "x;y"})
  void whatOthersCouldReadInAnotherWayIsRefusedByName(String name) throws Exception {
    Files.writeString(folder.resolve(name), "secret");
    refused("file '" + name + "'");
  }

  @Test
  void ofABuildOnlyWhatTheJobNamesIsPacked() throws Exception {
    var build = Files.createDirectories(folder.resolve("target/classes"));
    Files.writeString(build.resolve("A$B.class"), "x");
    Files.writeString(folder.resolve("target/own.jar"), "a jar");
    Files.createDirectories(folder.resolve("build/.cache"));
    Files.writeString(Files.createDirectory(folder.resolve(".git")).resolve("config"), "x");
    Files.writeString(folder.resolve("lib/.gitignore"), "x");
    var algorithm =
        new AlgorithmDefinition(
            "java", Optional.of("target/own.jar"), Optional.of("a.B"), Arguments.none());
    var job = SignedJobs.definition(algorithm, new InitialModel.Random(), "ct");
    JobPackage.write(folder, job, SignedJobs.submission(), ALICE, target);
    try (var zip = new ZipFile(target.toFile())) {
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactly(
              ".ward/manifest.txt",
              "first.safetensors",
              "job.yaml",
              "lib/own.jar",
              "target/own.jar");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"breast-cancer", "heart-disease", "custom-algorithm"})
  void theExamplesCanBePacked(String name) throws Exception {
    var example = Path.of("").toAbsolutePath().resolveSibling("examples").resolve(name);
    var files = new PackedFolder(example, "breast-cancer", Set.of()).list();
    assertThat(files)
        .extracting(FileEntry::path)
        .contains("job.yaml", "README.md")
        .noneMatch(path -> path.startsWith("data/"));
  }

  @Test
  void linksAndSpecialFilesAreRefusedByName() throws Exception {
    var link = Files.createSymbolicLink(folder.resolve("lib/link"), Path.of("/etc/passwd"));
    refused("'lib/link' is a symbolic link");
    Files.delete(link);
    Files.createSymbolicLink(folder.resolve("more"), parent);
    refused("'more' is a symbolic link");
    Files.delete(folder.resolve("more"));
    var pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    refused("'pipe' is neither a file nor a folder");
  }

  @Test
  void dataUnderAnotherNameAreRefused() throws Exception {
    Files.copy(folder.resolve("data/hospital-a.csv"), folder.resolve("lib/weights.bin"));
    refused("'lib/weights.bin' is a copy of a file in data/");
    Files.delete(folder.resolve("lib/weights.bin"));
    Files.createLink(folder.resolve("x"), folder.resolve("data/hospital-a.csv"));
    refused("'x' is a copy of a file in data/");
    Files.delete(folder.resolve("x"));
    Files.writeString(folder.resolve("CT.csv"), "1,2\n");
    refused("'CT.csv' has the name of the dataset");
    Files.delete(folder.resolve("CT.csv"));
    Files.createDirectory(folder.resolve("ct"));
    refused("'ct' has the name of the dataset");
  }

  @Test
  void dataBehindALinkAreDataToo() throws Exception {
    var elsewhere = Files.move(folder.resolve("data"), parent.resolve("elsewhere"));
    Files.createSymbolicLink(folder.resolve("data"), elsewhere);
    pack();
    Files.delete(target);
    Files.copy(elsewhere.resolve("hospital-a.csv"), folder.resolve("x"));
    refused("'x' is a copy of a file in data/");
  }

  @Test
  void whatAJobNamesMustBePacked() throws Exception {
    Files.delete(folder.resolve("lib/own.jar"));
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(() ->
            JobPackage.write(folder, SignedJobs.ownCode(), SignedJobs.submission(), ALICE, target))
        .withMessageContaining("algorithm.jar: 'lib/own.jar' is not among the job's files");
  }

  @Test
  void thePackageDoesNotGoIntoTheFolder() {
    target = folder.resolve("demo.job");
    refused("is in the job folder");
  }

  @Test
  void itCountsInItsTimeOnly() throws Exception {
    pack();
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(() -> open(NOW.plus(Duration.ofDays(7)), PROJECT.anchors()))
        .withMessageContaining("expired at 2026-11-30T12:00:00Z");
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(() -> open(NOW, PROJECT.anchors(ALICE)))
        .withMessageContaining("has been revoked");
  }

  @Test
  void aJobThatNeverExpiresIsRefused() throws Exception {
    var manifest = new JobManifest(SignedJobs.submission(), SignedJobs.definition(), uri());
    var context = new TreeMap<>(manifest.toContext());
    context.remove("expires");
    signed(context);
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(() -> open(NOW, PROJECT.anchors()))
        .withMessageContaining("has no 'expires'");
  }

  @Test
  void aJobInTheNameOfAnotherIsRefused() throws Exception {
    var bob = PROJECT.identity("project_admin", "bob@uni.org").name().uri();
    signed(new JobManifest(SignedJobs.submission(), SignedJobs.definition(), bob).toContext());
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(() -> open(NOW, PROJECT.anchors()))
        .withMessage("a job of " + bob + ", signed by " + uri());
  }

  private static String uri() {
    return ALICE.name().uri();
  }

  /// What a submitter with another program can sign.
  private void signed(Map<String, String> context) throws Exception {
    var files = FolderComparison.list(folder, path -> path.equals("data"));
    SignedArchive.write(Manifest.of(JobManifest.TYPE, context, files), folder, ALICE, target);
  }

  private void open(Instant at, TrustAnchors anchors) throws IOException, JobPackageException {
    JobPackage.open(target, anchors, InstantSource.fixed(at)).close();
  }

  private void pack() throws IOException, JobPackageException {
    JobPackage.write(folder, SignedJobs.definition(), SignedJobs.submission(), ALICE, target);
  }

  private void refused(String message) {
    assertThatExceptionOfType(JobPackageException.class)
        .isThrownBy(this::pack)
        .withMessageContaining(message);
    assertThat(target).doesNotExist();
  }
}
