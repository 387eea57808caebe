package org.wardfl.cli.job;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import org.wardfl.certs.Identity;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.json.Json;

/// A job on its way to the server.
final class SubmittedJob {

  private SubmittedJob() {}

  /// Packs, signs and sends a job.
  ///
  /// @param submission under which id, and until when it counts
  /// @param file where the package is written
  static Submission submit(
      AdminSession server,
      Path folder,
      JobDefinition job,
      Submission submission,
      Identity self,
      Path file)
      throws LinkException, IOException, InterruptedException, JobPackageException {
    JobPackage.write(folder, job, submission, self, file);
    server.submit(submission.job(), file);
    return submission;
  }

  /// Says which job it is.
  static void tell(Submission submission, PrintWriter out, boolean asJson) {
    if (asJson) {
      var json = new LinkedHashMap<String, Object>();
      json.put("id", submission.job());
      json.put("expires", submission.expires());
      out.print(Json.document(json));
    } else {
      out.println(submission.job());
    }
    out.flush();
  }
}
