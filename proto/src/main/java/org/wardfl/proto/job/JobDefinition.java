package org.wardfl.proto.job;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.SiteName;

/// A job as its submitter means it: the job file read once, checked, with the sites resolved.
///
/// @param name what people call it, 1 to 100 printable characters
/// @param study the study that it belongs to
/// @param sites the resolved sites, at least one
/// @param minSites accepted updates that a round needs, 1 to the number of sites
/// @param mandatorySites sites without whose accepted update a round fails; some of the sites
/// @param sample how many sites a round takes, drawn by the round's seed; 0 takes all
/// @param seed the one seed from which all others are derived
/// @param workflows what is done, in order; at least one
/// @param algorithm what runs at the sites
/// @param initialModel where the first model comes from
/// @param data the dataset by name, and how the algorithm reads it
/// @param filters what the job itself does to results at the sites, before the sites' own filters
/// @param resources what a job process needs
/// @param deadline the time for the whole job, from its start
public record JobDefinition(
    String name,
    String study,
    SortedSet<SiteName> sites,
    int minSites,
    SortedSet<SiteName> mandatorySites,
    int sample,
    long seed,
    List<WorkflowDefinition> workflows,
    AlgorithmDefinition algorithm,
    InitialModel initialModel,
    DataDefinition data,
    List<FilterDefinition> filters,
    ResourceRequest resources,
    Duration deadline) {

  /// Checks and copies.
  ///
  /// @throws IllegalArgumentException naming the part that contradicts another
  public JobDefinition {
    sites = Collections.unmodifiableSortedSet(new TreeSet<>(sites));
    mandatorySites = Collections.unmodifiableSortedSet(new TreeSet<>(mandatorySites));
    workflows = List.copyOf(workflows);
    filters = List.copyOf(filters);
    if (name.isBlank() || name.length() > 100 || name.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("name: expected 1 to 100 printable characters");
    }
    if (!study.matches("[a-z0-9][a-z0-9._-]{0,62}")) {
      throw new IllegalArgumentException(
          "study: found '" + study + "', expected lower-case letters, digits, '.', '_', '-'");
    }
    if (sites.isEmpty()) {
      throw new IllegalArgumentException("sites: a job needs at least one site");
    }
    if (minSites < 1 || minSites > sites.size()) {
      throw new IllegalArgumentException(
          "min_sites: found " + minSites + ", expected 1 to the number of sites, " + sites.size());
    }
    if (!sites.containsAll(mandatorySites)) {
      var strangers = new TreeSet<>(mandatorySites);
      strangers.removeAll(sites);
      throw new IllegalArgumentException(
          "mandatory_sites: not among the job's sites: " + strangers);
    }
    if (sample != 0 && (sample < minSites || sample > sites.size())) {
      throw new IllegalArgumentException(
          "sample: found "
              + sample
              + ", expected min_sites to the number of sites, "
              + minSites
              + " to "
              + sites.size());
    }
    if (sample != 0 && mandatorySites.size() > sample) {
      throw new IllegalArgumentException(
          "sample: found "
              + sample
              + ", fewer than the "
              + mandatorySites.size()
              + " mandatory sites");
    }
    if (workflows.isEmpty()) {
      throw new IllegalArgumentException("workflow: a job needs at least one");
    }
    for (var workflow : workflows) {
      if (minSites < workflow.leastUpdates()) {
        throw new IllegalArgumentException(
            "aggregation: what the job asks for needs the updates of at least "
                + workflow.leastUpdates()
                + " sites in every round, found min_sites "
                + minSites
                + " of "
                + (sample == 0 ? sites.size() : sample)
                + " sites");
      }
    }
    if (!deadline.isPositive()) {
      throw new IllegalArgumentException("deadline: expected a positive duration");
    }
  }

  /// The same job with another seed.
  public JobDefinition withSeed(long other) {
    return new JobDefinition(
        name,
        study,
        sites,
        minSites,
        mandatorySites,
        sample,
        other,
        workflows,
        algorithm,
        initialModel,
        data,
        filters,
        resources,
        deadline);
  }

  /// The training rounds of all workflows together.
  public long rounds() {
    int sites = sitesOfRound();
    return workflows.stream().mapToLong(workflow -> workflow.trainingRounds(sites)).sum();
  }

  /// Which workflow trains last; -1 if none does.
  public int lastTraining() {
    for (int i = workflows.size() - 1; i >= 0; i--) {
      if (workflows.get(i).trainingRounds(1) > 0) {
        return i;
      }
    }
    return -1;
  }

  /// The highest number that a training round of this job can have; 0 if it trains nothing.
  public long lastTrainingRound() {
    return rounds(workflows.subList(0, lastTraining() + 1));
  }

  /// The highest number that any round of this job can have. One round more than the workflows' own
  /// scores what the last training has made.
  public long lastRound() {
    return rounds(workflows) + (lastTraining() < 0 ? 0 : 1);
  }

  private long rounds(List<WorkflowDefinition> of) {
    int sites = sitesOfRound();
    return of.stream().mapToLong(it -> it.trainingRounds(sites) + it.otherRounds(sites)).sum();
  }

  /// How many sites take part in a round.
  public int sitesOfRound() {
    return sample == 0 ? sites.size() : sample;
  }
}
