package org.wardfl.client.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardfl.client.admission.Admission;
import org.wardfl.client.admission.JobAdmission;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.ServerLink;
import org.wardfl.client.task.JobFiles;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.DesiredState;

/// Jobs as signed packages: fetched once, verified and judged here.
final class PackagedJobs implements JobFiles {

  private static final Logger LOG = LoggerFactory.getLogger(PackagedJobs.class);

  private final ServerLink link;
  private final JobAdmission admission;
  private final SiteAudit audit;
  private final Path folder;
  // Two tasks of a job may begin at once; the package is fetched by one of them.
  private final Map<JobId, Object> locks = new ConcurrentHashMap<>();

  /// @param folder for packages on their way; what is in it from earlier times goes
  PackagedJobs(ServerLink link, JobAdmission admission, SiteAudit audit, Path folder)
      throws IOException {
    this.link = link;
    this.admission = admission;
    this.audit = audit;
    this.folder = Files.createDirectories(folder);
    try (var old = Files.list(folder)) {
      for (var file : old.toList()) {
        Files.delete(file);
      }
    }
  }

  @Override
  public JobFiles.Decision admit(DesiredState.DesiredJob job) throws LinkException {
    if (job.jobPackage().isEmpty()) {
      return refused(job.id(), "the server sent a job that nobody signed");
    }
    try {
      synchronized (locks.computeIfAbsent(job.id(), _ -> new Object())) {
        var known = admission.known(job.id());
        return answer(
            job, known.isPresent() ? known.get() : fetch(job.id(), job.jobPackage().get()));
      }
    } catch (IOException e) {
      throw new LinkException("the job's files cannot be read or written: " + e.getMessage(), e);
    }
  }

  private Admission fetch(JobId id, PackageReference reference) throws LinkException, IOException {
    var file = folder.resolve(id.value());
    Files.deleteIfExists(file);
    try {
      link.fetch(reference.hash(), reference.sizeBytes(), file);
      return admission.admit(id, file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private JobFiles.Decision answer(DesiredState.DesiredJob asked, Admission admission) {
    return switch (admission) {
      case Admission.Admitted(var job, _, _) when !job.definition().equals(asked.definition()) ->
          refused(
              job.id(), "the server describes the job in another way than its submitter signed it");
      case Admission.Admitted(var job, var files, _) -> new Admitted(job.definition(), files);
      case Admission.Waiting(var reason) -> new Waiting(reason);
      case Admission.Refused(var reason) -> new Refused(reason);
    };
  }

  private JobFiles.Decision refused(JobId job, String reason) {
    LOG.atWarn().addKeyValue("job", job).addKeyValue("reason", reason).log("job refused");
    audit.notAJob(job, reason);
    return new Refused(reason);
  }

  @Override
  public void end(JobId job) {
    try {
      admission.end(job);
      locks.remove(job);
    } catch (IOException e) {
      LOG.atWarn()
          .addKeyValue("job", job)
          .setCause(e)
          .log("files of an ended job could not be deleted");
    }
  }
}
