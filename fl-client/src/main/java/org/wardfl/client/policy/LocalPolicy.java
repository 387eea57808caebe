package org.wardfl.client.policy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.provisioning.site.StatisticsRules;

/// A policy that is written down: datasets by name, whether a job may bring code, and the site's
/// filters.
///
/// @param datasets where each declared dataset lies; any other is refused
/// @param ownCode whether a job may bring a class of its own
/// @param filters applied to every update, in order
/// @param python the Python that jobs run on
/// @param samples the folder of sample pictures, which one job has to itself
public record LocalPolicy(
    Map<String, Path> datasets,
    boolean ownCode,
    List<UpdateFilter> filters,
    Optional<Path> python,
    Optional<Path> samples)
    implements SitePolicy {

  private static final StatisticsRules STATISTICS =
      new StatisticsRules(
          StatisticsRules.STANDARD.minimumCount(),
          StatisticsRules.STANDARD.maximumBins(),
          StatisticsRules.STANDARD.maximumBinsPercent(),
          new StatisticsRules.Rounded(2));

  /// Copies.
  public LocalPolicy {
    datasets = Map.copyOf(datasets);
    filters = List.copyOf(filters);
  }

  @Override
  public Decision before(JobDefinition job, TaskAssignment task) {
    if (job.algorithm().bringsCode() && !ownCode) {
      return new Declined("this site runs no code that a job brings along");
    }
    var name = job.data().dataset();
    if (name.isEmpty()) {
      return new Permitted(Optional.empty());
    }
    var path = datasets.get(name);
    if (path == null) {
      return new Declined("dataset " + name + " is not declared at this site");
    }
    if (!Files.isReadable(path)) {
      return new Declined("dataset " + name + " is declared at this site, but cannot be read");
    }
    return new Permitted(Optional.of(path));
  }

  /// Those of a simulation: [StatisticsRules#STANDARD], but rounding instead of noise, so that two
  /// runs tell the same.
  @Override
  public Optional<StatisticsRules> statistics(JobDefinition job) {
    return Optional.of(STATISTICS);
  }

  @Override
  public Optional<Path> samples(JobId job) {
    return samples;
  }

  @Override
  public List<UpdateFilter> after(JobDefinition job) {
    return filters;
  }
}
