package org.wardfl.client.admission;

import static org.wardfl.certs.CertifiedProject.NOW;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.policy.LocalDecisions;
import org.wardfl.client.policy.Machine;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.proto.job.JobId;

/// A process that lets jobs in, ends every second one, and says so.
final class AdmissionMain {

  private AdmissionMain() {}

  public static void main(String... arguments) throws Exception {
    var folder = Path.of(arguments[0]);
    var admission = admission(folder);
    for (var file : packages(folder)) {
      var id = id(file);
      System.out.println("admitting " + id);
      if (!(admission.admit(id, file) instanceof Admission.Admitted)) {
        throw new IllegalStateException("job " + id + " was not let in");
      }
      System.out.println("admitted " + id);
      if (packages(folder).indexOf(file) % 2 == 1) {
        System.out.println("ending " + id);
        admission.end(id);
        System.out.println("ended " + id);
      }
    }
  }

  static JobAdmission admission(Path folder) throws Exception {
    var trust = TrustAnchors.parse("trust", Files.readString(folder.resolve("trust.pem")));
    var policy =
        new SiteFilePolicy(
            folder.resolve("site.yaml"),
            new SiteName("hospital-a"),
            "hospa",
            false,
            Machine.here(List.of()),
            LocalDecisions.NONE,
            InstantSource.system());
    return new JobAdmission(
        folder.resolve("jobs"),
        () -> trust,
        InstantSource.fixed(NOW),
        policy,
        new FileSeenJobs(folder.resolve("seen")),
        SiteAudit.NONE);
  }

  static List<Path> packages(Path folder) throws IOException {
    try (var files = Files.list(folder.resolve("packages"))) {
      return files.sorted().toList();
    }
  }

  static JobId id(Path file) {
    return new JobId(String.valueOf(file.getFileName()).replace(".zip", ""));
  }
}
