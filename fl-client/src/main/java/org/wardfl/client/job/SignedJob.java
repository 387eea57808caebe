package org.wardfl.client.job;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Fingerprint;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.ArchiveException;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.certs.manifest.SignedManifest;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.provisioning.rights.Actor;

/// A job whose signature was checked and believed. Whether its submitter may run it, each site
/// decides for itself.
///
/// @param job what was signed
/// @param submitter who signed it, as the certificate says
/// @param manifest the same with each file's size and hash
public record SignedJob(JobManifest job, Actor submitter, Manifest manifest) {

  /// Only people sign jobs, with certificates that only the users' authority issues.
  static final Set<LeafProfile> SIGNERS = Set.of(LeafProfile.USER);

  /// The job's id.
  public JobId id() {
    return job.submission().job();
  }

  /// The typed job; nothing else of a package says what runs.
  public JobDefinition definition() {
    return job.definition();
  }

  /// The sites that it was signed for.
  public SortedSet<SiteName> sites() {
    return definition().sites();
  }

  /// The SHA-256 of everything that was signed, 64 lower-case hexadecimal digits.
  public String manifestSha256() {
    return Fingerprint.of(manifest.encode()).digest();
  }

  /// The hash of the code that the job brings, 64 lower-case hexadecimal digits; empty if it brings
  /// none.
  ///
  /// Of a jar, a TorchScript archive, and a folder with one file, it is the file's SHA-256. Of a
  /// folder with several it is that of what `sha256sum` prints of them, in the order of their
  /// paths: a line with hash, two spaces and path for each.
  public Optional<String> codeSha256() {
    var algorithm = definition().algorithm();
    if (!algorithm.bringsCode()) {
      return Optional.empty();
    }
    var files = codeFiles(algorithm);
    if (files.size() == 1) {
      return files.values().stream().findFirst();
    }
    var lines = new StringBuilder();
    files.forEach((path, sha256) -> lines.append(sha256).append("  ").append(path).append('\n'));
    return Optional.of(Fingerprint.of(lines.toString().getBytes(StandardCharsets.UTF_8)).digest());
  }

  /// Hashes of the files with code by their paths in its folder, sorted.
  private SortedMap<String, String> codeFiles(AlgorithmDefinition algorithm) {
    var single = algorithm.jar().or(algorithm::torchScript);
    var folder = algorithm.code().map(code -> code.equals(".") ? "" : code + "/").orElse("");
    var code = new TreeMap<String, String>();
    for (var file : manifest.files().values()) {
      boolean isCode = single.map(file.path()::equals).orElse(file.path().startsWith(folder));
      if (isCode) {
        code.put(file.path().substring(folder.length()), file.sha256());
      }
    }
    return code;
  }

  /// Checks a package's signed manifest by itself, as [JobPackage#open] does.
  ///
  /// @param signedManifest as [JobPackage#signedManifest()] has it
  /// @param anchors whom this participant believes
  /// @param now the time that counts
  /// @throws JobPackageException if it is not believed; the message says why
  public static SignedJob verify(byte[] signedManifest, TrustAnchors anchors, Instant now)
      throws JobPackageException {
    try {
      return of(SignedArchive.verify(signedManifest, JobManifest.TYPE, anchors, SIGNERS, now), now);
    } catch (ArchiveException e) {
      throw new JobPackageException(String.valueOf(e.getMessage()), e);
    }
  }

  static SignedJob of(SignedManifest.Verified verified, Instant now) throws JobPackageException {
    var manifest = verified.manifest();
    var signer = verified.signer();
    try {
      var job =
          JobManifest.fromContext(manifest.context(), manifest.sizes(), signer.name().uri(), now);
      return new SignedJob(job, Actor.of(signer), manifest);
    } catch (WireException e) {
      throw new JobPackageException(String.valueOf(e.getMessage()), e);
    }
  }
}
