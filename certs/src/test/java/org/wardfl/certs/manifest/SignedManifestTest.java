package org.wardfl.certs.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.wardfl.certs.CertifiedProject.NOW;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.certs.IdentityException;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;

class SignedManifestTest {

  private static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");
  private static final TrustAnchors ANCHORS = PROJECT.anchors();
  private static final Identity ALICE = PROJECT.identity("lead", "alice@uni.org");
  private static final Set<LeafProfile> USERS = Set.of(LeafProfile.USER);
  private static final FileEntry FILE = new FileEntry("job.yaml", 12, "ab".repeat(32));

  private static Manifest manifest(Map<String, String> context) {
    return Manifest.of("job", context, List.of(FILE));
  }

  @Test
  void aSignedManifestReadsBackAndIsBelieved() throws Exception {
    var context =
        Map.of("job", "0198-…\n%", "sites", "a b", "expires", "2026-11-24T00:00:00Z", "nonce", "");
    var bytes = SignedManifest.sign(manifest(context), ALICE).encode();
    var verified = SignedManifest.decode(bytes).verify("job", ANCHORS, USERS, NOW);
    assertThat(verified.manifest()).isEqualTo(manifest(context));
    assertThat(verified.signer().name()).isEqualTo(ALICE.name());
    verified.require("sites", "a b");
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> verified.require("sites", "a"))
        .withMessage("signed for sites 'a b', expected 'a'");
    assertThat(new String(bytes, StandardCharsets.US_ASCII))
        .startsWith("ward-manifest 1\ntype job\ncontext expires 2026-11-24T00:00:00Z\n")
        .contains("\nfile " + FILE.sha256() + " 12 job.yaml\n-----BEGIN SIGNATURE-----\n");
  }

  @Test
  void aManifestOfAnotherTypeOrSignerIsRefused() {
    var signed = SignedManifest.sign(manifest(Map.of()), ALICE);
    refused(signed, "kit", ANCHORS, "of type 'job', expected 'kit'");
    var site = SignedManifest.sign(manifest(Map.of()), PROJECT.identity("site", "hospital-a"));
    refused(site, "job", ANCHORS, "expected one of user");
    var foreign = new CertifiedProject("chest_ct").identity("lead", "alice@uni.org");
    refused(SignedManifest.sign(manifest(Map.of()), foreign), "job", ANCHORS, "is no authority");
    refused(signed, "job", PROJECT.anchors(ALICE), "has been revoked");
  }

  @Test
  void anExpiredOrMalformedExpiryIsRefused() {
    var expired = manifest(Map.of("expires", "2026-11-23T12:00:00Z"));
    refused(SignedManifest.sign(expired, ALICE), "job", ANCHORS, "expired at 2026-11-23T12:00:00Z");
    var malformed = manifest(Map.of("expires", "tomorrow"));
    refused(SignedManifest.sign(malformed, ALICE), "job", ANCHORS, "expected a time");
  }

  @Test
  void aFlippedBitIsCaught() {
    flipBits(5);
  }

  @Test
  @Tag("slow")
  void aFlippedBitInAnyByteIsCaught() {
    flipBits(1);
  }

  private static void flipBits(int step) {
    var bytes = SignedManifest.sign(manifest(Map.of("job", "1", "seed", "7")), ALICE).encode();
    for (int i = 0; i < bytes.length; i += step) {
      var changed = bytes.clone();
      changed[i] ^= (byte) (1 << (i % 8));
      assertThatExceptionOfType(IdentityException.class)
          .as("byte " + i)
          .isThrownBy(() -> SignedManifest.decode(changed).verify("job", ANCHORS, USERS, NOW));
    }
  }

  @Test
  void aSignatureDoesNotStandUnderAnotherManifest() throws Exception {
    var signed =
        new String(
            SignedManifest.sign(manifest(Map.of("job", "1")), ALICE).encode(),
            StandardCharsets.US_ASCII);
    for (var changed :
        List.of(
            signed.replace("context job 1", "context job 2"),
            signed.replace("context job 1\n", ""),
            signed.replace(" 12 job.yaml", " 13 job.yaml"),
            signed.replace("type job", "type kit"))) {
      var decoded = SignedManifest.decode(changed.getBytes(StandardCharsets.US_ASCII));
      refused(decoded, decoded.unverified().type(), ANCHORS, "was changed after");
    }
  }

  /// Seeded: any manifest that can be made encodes in one way and reads back.
  @Test
  void randomManifestsReadBack() throws Exception {
    long seed = 20261123L;
    var random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      var context = new TreeMap<String, String>();
      for (int k = random.nextInt(6); k > 0; k--) {
        context.put("key-" + random.nextInt(20), randomText(random));
      }
      var files = new ArrayList<FileEntry>();
      for (int k = random.nextInt(8); k > 0; k--) {
        files.add(
            new FileEntry(
                "d"
                    + random.nextInt(3)
                    + "/f"
                    + k
                    + randomText(random).replaceAll("[/\\\\\\p{Cc}\\p{Cs}]", ""),
                random.nextLong(Long.MAX_VALUE),
                String.format("%064x", new BigInteger(256, random))));
      }
      var manifest = Manifest.of("job", context, files);
      assertThat(Manifest.decode(manifest.encode())).as("seed " + seed).isEqualTo(manifest);
    }
  }

  @Test
  void pathsThatLeaveTheFolderAreRefused() {
    for (var path : List.of("", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\\b", "a\nb")) {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .as(path)
          .isThrownBy(() -> new FileEntry(path, 1, FILE.sha256()));
    }
    var hostile = "ward-manifest 1\ntype job\nfile " + FILE.sha256() + " 1 ../x\n";
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> Manifest.decode(hostile.getBytes(StandardCharsets.US_ASCII)))
        .withMessageContaining("path '../x'");
  }

  @Test
  void aSecondSpellingOfAManifestIsRefused() {
    var file = "file " + FILE.sha256() + " ";
    for (var text :
        List.of(
            "ward-manifest 1\ntype job\n" + file + "1 b\n" + file + "1 a\n",
            "ward-manifest 1\ntype job\n" + file + "1 a\n" + file + "1 a\n",
            "ward-manifest 1\ntype job\n" + file + "01 a\n",
            "ward-manifest 1\ntype job\n" + file + "1 %61\n",
            "ward-manifest 1\ntype job\n" + file + "1 a",
            "ward-manifest 1\ntype job\n" + file + "1 a\n\n",
            "ward-manifest 1\ntype job\ncontext b 1\ncontext a 1\n",
            "ward-manifest 1\ntype job\ncontext a 1\ncontext a 2\n",
            "ward-manifest 2\ntype job\n",
            "")) {
      assertThatExceptionOfType(IdentityException.class)
          .as(text)
          .isThrownBy(() -> Manifest.decode(text.getBytes(StandardCharsets.US_ASCII)));
    }
  }

  private static String randomText(Random random) {
    var text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      int c = random.nextInt(0x3000);
      text.appendCodePoint(c);
    }
    return text.toString();
  }

  private static void refused(
      SignedManifest signed, String type, TrustAnchors anchors, String message) {
    assertThatExceptionOfType(IdentityException.class)
        .isThrownBy(() -> signed.verify(type, anchors, USERS, NOW))
        .withMessageContaining(message);
  }
}
