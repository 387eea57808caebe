package org.wardfl.cli.console;

import java.util.List;
import java.util.Optional;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;

/// Names that can be completed, as the server has them now.
///
/// @param session the console's connection
record Names(AdminSession session) {

  private static final int LATEST = 50;

  /// A job, and what it is called.
  record Job(String id, String name) {}

  /// The latest jobs; none if the server cannot be asked, which a command will tell.
  List<Job> jobs() {
    try {
      return session.jobs(LATEST, Optional.empty()).jobs().stream()
          .map(job -> new Job(job.id().toString(), job.name() + ", " + job.status()))
          .toList();
    } catch (LinkException _) {
      return List.of();
    }
  }

  List<String> sites() {
    try {
      return session.sites().stream().map(AdminSession.Site::name).toList();
    } catch (LinkException _) {
      return List.of();
    }
  }
}
