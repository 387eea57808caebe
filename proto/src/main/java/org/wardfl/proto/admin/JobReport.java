package org.wardfl.proto.admin;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;

/// Where a job stands, and what each site says.
///
/// @param summary the job in one line
/// @param sites every site that the job was submitted for, by name
/// @param failure why it failed, if it did
/// @param abortedBy the certified name of the person who aborted it, if one did
/// @param model the last model, if there is one
/// @param best the best model by the job's key metric, if there is one
/// @param metrics means of the final model's scores, weighted by evaluation samples
/// @param complaints what kept sites from contributing, one sentence each, in the order in which it
///   happened
public record JobReport(
    JobSummary summary,
    List<Site> sites,
    Optional<Failure> failure,
    Optional<String> abortedBy,
    Optional<ModelHash> model,
    Optional<Best> best,
    SortedMap<String, Double> metrics,
    List<String> complaints) {

  /// Copies.
  public JobReport {
    sites = List.copyOf(sites);
    metrics = Collections.unmodifiableSortedMap(new TreeMap<>(metrics));
    complaints = List.copyOf(complaints);
  }

  /// What a site has to do with a job now.
  public enum SiteState {
    /// Has nothing to do now, has not begun, or is disabled.
    WAITING,
    /// Is not connected.
    OFFLINE,
    /// Gets the model.
    FETCHING,
    /// The algorithm runs.
    RUNNING,
    /// Sends the result.
    DELIVERING,
    /// Its answer to the last task was accepted.
    DELIVERED,
    /// Its answer to the last task was refused by the server.
    REFUSED,
    /// It declined the last task.
    DECLINED,
    /// Its last task failed.
    FAILED,
    /// The job has ended without an answer of this site to the last task.
    DONE
  }

  /// A site of the job.
  ///
  /// @param name which
  /// @param state what it is at
  /// @param detail one sentence, or empty
  public record Site(SiteName name, SiteState state, String detail) {}

  /// Why a job failed.
  ///
  /// @param site where it comes from, if it comes from a site
  /// @param phase a phase of the algorithm, or `round`, `aggregation`, `deadline`, `server`
  /// @param reason one sentence
  public record Failure(Optional<SiteName> site, String phase, String reason) {}

  /// The best model.
  ///
  /// @param round the round that made it, 0 for the first model
  /// @param model the file
  /// @param value the key metric's mean
  public record Best(int round, ModelHash model, double value) {}
}
