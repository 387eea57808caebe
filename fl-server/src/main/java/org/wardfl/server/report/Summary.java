package org.wardfl.server.report;

import java.util.HashSet;
import java.util.List;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.server.result.JobStatistics;

/// The head of the page: what ran, how it ended, and the five figures that matter.
final class Summary {

  private final RunReport run;
  private final List<JobStatistics> statistics;

  Summary(RunReport run, List<JobStatistics> statistics) {
    this.run = run;
    this.statistics = statistics;
  }

  void write(Markup page) {
    page.open("header").element("p", "Federated job", "class", "eyebrow");
    page.open("h1").text(run.job()).text(" ");
    page.element("span", word(), "class", "status " + word()).close();
    run.failure().ifPresent(why -> page.element("p", why, "class", "failure", "role", "alert"));
    page.open("dl", "class", "cards");
    run.leading()
        .ifPresent(history -> {
          if (!history.mean().isEmpty()) {
            var last = history.mean().getLast();
            card(page, history.name(), Display.number(last.value()), "last model, mean over sites");
          }
        });
    run.best()
        .ifPresent(best ->
            card(
                page,
                "best model",
                Display.number(best.value()),
                run.keyMetric().map(key -> key.name() + ", ").orElse("")
                    + (best.round() == 0 ? "before any training" : "after round " + best.round())));
    if (run.plannedRounds() > 0) {
      var of = run.status() == JobStatus.COMPLETED ? "of " : "begun, of ";
      card(page, "rounds", Display.count(run.rounds().size()), of + run.plannedRounds());
    }
    if (!statistics.isEmpty()) {
      card(page, "features", Display.count(features()), "described");
    }
    card(page, "sites", Display.count(contributors()), "contributed, of " + run.sites().size());
    card(page, "time", Display.duration(run.elapsed()), "from start to end");
    page.close().close();
  }

  private static void card(Markup page, String name, String value, String detail) {
    page.open("div").element("dt", name).element("dd", value, "class", "figure");
    page.element("dd", detail, "class", "detail").close();
  }

  private int contributors() {
    var sites = new HashSet<SiteName>();
    for (var round : run.rounds()) {
      round
          .accepted()
          .forEach((site, contribution) -> {
            if (contribution.weight() > 0) {
              sites.add(site);
            }
          });
    }
    statistics.forEach(
        known -> known.features().forEach(feature -> sites.addAll(feature.sites().keySet())));
    return sites.size();
  }

  private long features() {
    return statistics.stream()
        .flatMap(known -> known.features().stream().map(JobStatistics.Feature::name))
        .distinct()
        .count();
  }

  private String word() {
    return switch (run.status()) {
      case SUBMITTED -> "submitted";
      case WAITING -> "waiting";
      case RUNNING -> "running";
      case COMPLETED -> "completed";
      case ABORTED -> "aborted";
      case FAILED -> "failed";
    };
  }
}
