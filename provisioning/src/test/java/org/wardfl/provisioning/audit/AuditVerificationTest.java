package org.wardfl.provisioning.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;

/// A log that was changed, cut off or written anew, against the checkpoints that another keeps.
class AuditVerificationTest {

  private static final InstantSource CLOCK = InstantSource.fixed(CertifiedProject.NOW);
  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  private static final Identity SITE = PROJECT.identity("site", "site-1");
  private static final Identity SERVER = PROJECT.identity("server", "localhost");

  @TempDir private Path folder;

  private Path log(String name) {
    return folder.resolve(name + ".jsonl");
  }

  /// Three records of the site, a checkpoint that the server keeps, two more, another one.
  private void federation() throws Exception {
    try (var site = AuditLog.open(log("site"), CLOCK);
        var server = AuditLog.open(log("server"), CLOCK)) {
      site.begin(SITE.name().uri(), "ward test");
      server.begin(SERVER.name().uri(), "ward test");
      site.done("ward://chest_ct/lead/x", "admit job", "1", "");
      site.done("ward://chest_ct/lead/x", "admit job", "2", "");
      server.witness(site.checkpoint(SITE));
      site.witness(server.checkpoint(SERVER));
      site.done("ward://chest_ct/lead/x", "admit job", "3", "");
      server.witness(site.checkpoint(SITE));
    }
  }

  private AuditVerification verify() throws IOException {
    return AuditVerification.of(List.of(log("site")), List.of(log("server")));
  }

  private AuditVerdict verdict() throws IOException {
    return verify().logs().getFirst().verdict();
  }

  @Test
  void logsThatWitnessEachOtherAreWhole() throws Exception {
    federation();
    var site = verify();
    assertThat(site.isGood()).as(site.toString()).isTrue();
    assertThat(site.logs().getFirst().own()).isEqualTo(2);
    assertThat(site.logs().getFirst().witnessed()).isEqualTo(2);
    assertThat(site.logs().getFirst().signed()).isEqualTo(6);
    assertThat(site.logs().getFirst().covered()).isEqualTo(6);
    assertThat(site.logs().getFirst().owner()).contains(SITE.name().uri());
    var alone = AuditVerification.of(List.of(log("site")), List.of()).logs().getFirst();
    assertThat(alone.signed()).isEqualTo(6);
    assertThat(alone.covered()).isZero();
    var server = AuditVerification.of(List.of(log("server")), List.of(log("site")));
    assertThat(server.isGood()).as(server.toString()).isTrue();
    assertThat(server.logs().getFirst().witnessed()).isEqualTo(1);
  }

  @Test
  void aLogThatWasCutOffIsWholeByItselfAndShortAgainstTheWitness() throws Exception {
    federation();
    var lines = Files.readAllLines(log("site"));
    for (int kept = lines.size() - 2; kept > 0; kept--) {
      Files.write(log("site"), lines.subList(0, kept));
      assertThat(AuditLog.verify(log("site"))).isInstanceOf(AuditVerdict.Whole.class);
      // The last checkpoint is of the six records before it.
      assertThat(verdict())
          .isEqualTo(
              new AuditVerdict.Missing(kept, 6, CertifiedProject.NOW, log("server").toString()));
    }
  }

  @Test
  void theRecordAfterTheLastCheckpointIsTheOnlyOneThatNobodyMisses() throws Exception {
    federation();
    var lines = Files.readAllLines(log("site"));
    Files.write(log("site"), lines.subList(0, lines.size() - 1));
    assertThat(verify().isGood()).isTrue();
  }

  /// Whoever holds the file, but not the key, writes a chain that is right in itself.
  @Test
  void aLogThatWasWrittenAnewDiffersFromTheFirstCheckpointAfterTheChange() throws Exception {
    federation();
    rewrite(2, "admit job", "admit nothing");
    assertThat(AuditLog.verify(log("site"))).isInstanceOf(AuditVerdict.Whole.class);
    assertThat(verdict())
        .isInstanceOfSatisfying(
            AuditVerdict.Rewritten.class,
            rewritten -> {
              assertThat(rewritten.after()).isZero();
              assertThat(rewritten.until()).isEqualTo(3);
            });
    // Its own checkpoints tell as much.
    var alone = AuditVerification.of(List.of(log("site")), List.of());
    assertThat(alone.logs().getFirst().verdict()).isInstanceOf(AuditVerdict.Rewritten.class);
    // Without them only the witness does.
    Files.delete(log("site"));
    Files.delete(log("server"));
    federation();
    rewrite(5, "admit job", "admit nothing");
    assertThat(verdict())
        .isInstanceOfSatisfying(
            AuditVerdict.Rewritten.class,
            rewritten -> {
              assertThat(rewritten.after()).isEqualTo(3);
              assertThat(rewritten.until()).isEqualTo(6);
            });
  }

  @Test
  void aLogThatWasDeletedAndBegunAnewIsMissed() throws Exception {
    federation();
    Files.move(log("site"), log("old"));
    try (var site = AuditLog.open(log("site"), CLOCK)) {
      site.begin(SITE.name().uri(), "ward test");
    }
    var alone = verify();
    assertThat(alone.isGood()).isFalse();
    assertThat(alone.lost())
        .singleElement()
        .satisfies(lost -> assertThat(lost.records()).isEqualTo(6));
    var both = AuditVerification.of(List.of(log("site"), log("old")), List.of(log("server")));
    assertThat(both.isGood()).as(both.toString()).isTrue();
  }

  @Test
  void aCheckpointThatTheOwnerDidNotSignCountsForNothingAndIsNamed() throws Exception {
    federation();
    var lines = new ArrayList<>(Files.readAllLines(log("server")));
    // The server claims that the site had signed something else.
    var forged = AuditCheckpoint.sign("1".repeat(64), 99, "2".repeat(64), CLOCK.instant(), SERVER);
    try (var server = AuditLog.open(log("server"), CLOCK)) {
      server.record(forged.entry(SERVER.name().uri(), "witness"));
    }
    assertThat(verify().isGood()).as("a checkpoint of the server's own log").isTrue();
    assertThat(lines).hasSizeLessThan(Files.readAllLines(log("server")).size());
    var text = new String(forged.encode(), StandardCharsets.US_ASCII);
    var changed = text.replace("records 99", "records 98").getBytes(StandardCharsets.US_ASCII);
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> AuditCheckpoint.decode(changed).requireIntact())
        .withMessageContaining("changed after it was signed");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() ->
            AuditCheckpoint.decode(changed)
                .verify(PROJECT.anchors(), Set.of(LeafProfile.SERVER), CertifiedProject.NOW));
    try (var server = AuditLog.open(log("server"), CLOCK)) {
      server.record(AuditCheckpoint.decode(changed).entry(SERVER.name().uri(), "witness"));
    }
    assertThat(verify().complaints())
        .singleElement()
        .asString()
        .contains("server.jsonl line ", "was changed after it was signed");
  }

  @Test
  void aBrokenWitnessIsNamedAndCountsUpToWhereItIsBroken() throws Exception {
    federation();
    var lines = new ArrayList<>(Files.readAllLines(log("server")));
    lines.set(1, lines.get(1).replace("records", "Records"));
    Files.write(log("server"), lines);
    var found = verify();
    assertThat(found.isGood()).isFalse();
    assertThat(found.complaints()).singleElement().asString().contains("changed at line 3");
    assertThat(found.logs().getFirst().witnessed()).isEqualTo(1);
  }

  /// Exchanges a word in one record, and makes the chain right from there on.
  private void rewrite(int index, String word, String other) throws IOException {
    var lines = new ArrayList<>(Files.readAllLines(log("site")));
    lines.set(index, lines.get(index).replace(word, other));
    for (int i = index + 1; i < lines.size(); i++) {
      var before = lines.get(i - 1).getBytes(StandardCharsets.UTF_8);
      var hash = AuditChain.hash(before, before.length);
      lines.set(
          i,
          lines.get(i).replaceFirst("\"prev\":\"[0-9a-f]{64}\"}$", "\"prev\":\"" + hash + "\"}"));
    }
    Files.write(log("site"), lines);
  }
}
