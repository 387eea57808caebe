package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.archive.SignedArchive;
import org.wardfl.certs.manifest.Manifest;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobManifest;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.wire.JobDefinition;

/// A job that no tool of Ward's makes: its submitter has written the message by hand and signed it.
final class HandMadeJob {

  private HandMadeJob() {}

  /// Submits one, and gives what the server says against it.
  ///
  /// @param job the folder of the job that is changed
  /// @param scratch for the package
  static String refusal(
      InProcess federation, Path job, Path scratch, Consumer<JobDefinition.Builder> change)
      throws Exception {
    var self = federation.kit(InProcess.LEAD, LeafProfile.USER).identity();
    var sites = new TreeSet<>(List.of(new SiteName(InProcess.SITE)));
    var read = new JobFile(job, AlgorithmCatalog.installed()).read(sites, OptionalLong.empty());
    var submission = Submission.create(InstantSource.system(), read);
    var context = new HashMap<>(new JobManifest(submission, read, self.name().uri()).toContext());
    var message = JobDefinition.parseFrom(Base64.getDecoder().decode(context.get("definition")));
    var changed = message.toBuilder();
    change.accept(changed);
    context.put("definition", Base64.getEncoder().encodeToString(changed.build().toByteArray()));
    context.put("study", changed.getStudy());
    var target = Files.createTempFile(scratch, "package", ".zip");
    Files.delete(target);
    SignedArchive.write(
        Manifest.of(JobManifest.TYPE, context, List.of()),
        Files.createDirectories(scratch.resolve("empty")),
        self,
        target);
    var refusal =
        catchThrowableOfType(
            LinkException.class,
            () -> federation.person(InProcess.LEAD).submit(submission.job(), target));
    return refusal == null ? "taken" : String.valueOf(refusal.getMessage());
  }
}
