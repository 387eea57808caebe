package org.wardfl.client.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.wardfl.certs.Identity;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.certs.archive.ArchiveException;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.proto.job.Submission;

/// A job folder without its data as one signed file: packed where the job is submitted, believed by
/// the sites before anything is unpacked. Safe for many threads.
public final class JobPackage implements AutoCloseable {

  private final SignedArchive archive;
  private final SignedJob job;

  private JobPackage(SignedArchive archive, SignedJob job) {
    this.archive = archive;
    this.job = job;
  }

  /// Packs a job folder and signs.
  ///
  /// Not packed: `data/`; of `target/` and `build/` all that the job does not name; files of
  /// version control. Refused by name: whatever is called like the dataset or is a copy of one of
  /// the data's files, hidden files, links, special files, and names that do not mean the same on
  /// every system.
  ///
  /// @param job as read from the folder, its sites resolved
  /// @param target replaced in one step; not in the job folder
  /// @return what was signed
  /// @throws JobPackageException if something in the folder cannot be packed
  /// @throws IOException if a file cannot be read or written
  public static JobManifest write(
      Path jobFolder, JobDefinition job, Submission submission, Identity submitter, Path target)
      throws JobPackageException, IOException {
    var folder = jobFolder.toAbsolutePath().normalize();
    if (target.toAbsolutePath().normalize().startsWith(folder)) {
      throw new JobPackageException(
          target + " is in the job folder, expected another place for the package");
    }
    var signed = new JobManifest(submission, job, submitter.name().uri());
    try {
      var files = PackedFolder.of(folder, signed).list();
      var manifest = Manifest.of(JobManifest.TYPE, signed.toContext(), files);
      signed.requireFiles(manifest.sizes());
      SignedArchive.write(manifest, folder, submitter, target);
      return signed;
    } catch (ArchiveException | WireException | IllegalArgumentException e) {
      throw new JobPackageException("job folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /// What [#write] would pack.
  ///
  /// @param job as read from the folder, its sites resolved
  /// @return the files by name
  /// @throws JobPackageException if something in the folder cannot be packed
  /// @throws IOException if a file cannot be read
  public static List<FileEntry> contents(Path jobFolder, JobDefinition job)
      throws JobPackageException, IOException {
    var folder = jobFolder.toAbsolutePath().normalize();
    try {
      var submission = Submission.create(InstantSource.system(), Submission.MAX_VALIDITY);
      var unsigned = new JobManifest(submission, job, "nobody");
      var files = PackedFolder.of(folder, unsigned).list();
      unsigned.requireFiles(Manifest.of(JobManifest.TYPE, Map.of(), files).sizes());
      return files;
    } catch (ArchiveException | WireException | IllegalArgumentException e) {
      throw new JobPackageException("job folder " + folder + ": " + e.getMessage(), e);
    }
  }

  /// Opens a package and checks it before anything is taken from it.
  ///
  /// @param anchors whom this participant believes
  /// @param clock says the time that counts
  /// @throws JobPackageException if it is not believed; the message says why, and names nothing but
  ///   what the package says
  /// @throws IOException if it cannot be read
  public static JobPackage open(Path file, TrustAnchors anchors, InstantSource clock)
      throws JobPackageException, IOException {
    var now = clock.instant();
    try {
      var archive = SignedArchive.open(file, JobManifest.TYPE, anchors, SignedJob.SIGNERS, now);
      try {
        return new JobPackage(archive, SignedJob.of(archive.verified(), now));
      } catch (JobPackageException e) {
        archive.close();
        throw e;
      }
    } catch (ArchiveException e) {
      throw new JobPackageException(String.valueOf(e.getMessage()), e);
    }
  }

  /// What the package says.
  public SignedJob job() {
    return job;
  }

  /// The signed manifest's bytes, from which [SignedJob#verify] makes the same job again.
  public byte[] signedManifest() {
    return archive.signedManifest();
  }

  /// Unpacks all files into a new folder, which appears when it is complete, checked and durable.
  ///
  /// @param target does not exist
  /// @throws JobPackageException if a content is not what was signed; the target is not there then
  /// @throws IOException likewise if a file cannot be read or written
  public void extract(Path target) throws JobPackageException, IOException {
    try {
      archive.extract(target);
    } catch (ArchiveException e) {
      throw new JobPackageException(String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public void close() throws IOException {
    archive.close();
  }
}
