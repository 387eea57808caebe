package org.wardfl.server.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.job.WorkflowDefinition.Direction;
import org.wardfl.proto.job.WorkflowDefinition.KeyMetric;
import org.wardfl.server.report.RunReport.Absence;
import org.wardfl.server.report.RunReport.AbsenceKind;
import org.wardfl.server.report.RunReport.Best;
import org.wardfl.server.report.RunReport.Contribution;
import org.wardfl.server.report.RunReport.Fact;
import org.wardfl.server.report.RunReport.MetricHistory;
import org.wardfl.server.report.RunReport.Point;
import org.wardfl.server.report.RunReport.Round;
import org.wardfl.server.report.RunReport.Site;

/// Runs of any size with plausible numbers, the same ones each time.
final class SampleRun {

  private final int siteCount;
  private final int roundCount;
  private int sample;
  private String job = "breast-cancer-fedavg";
  private Optional<String> failure = Optional.empty();
  private boolean alone;
  private int leftOut = -1;
  private int faultyEvery;
  private String reason = "tensor layer1.weight: 3 values are not finite";
  private final RandomGenerator random =
      RandomGeneratorFactory.of("L64X128MixRandom").create(20261123);

  SampleRun(int siteCount, int roundCount) {
    this.siteCount = siteCount;
    this.roundCount = roundCount;
    this.sample = siteCount;
  }

  SampleRun job(String name) {
    job = name;
    return this;
  }

  SampleRun sampling(int perRound) {
    sample = perRound;
    return this;
  }

  SampleRun trainingAlone() {
    alone = true;
    return this;
  }

  /// Lets the rule leave this site out in every round.
  SampleRun leavingOut(int index) {
    leftOut = index;
    return this;
  }

  /// Lets every so-manyth answer fail for this reason.
  SampleRun faulty(int every, String why) {
    faultyEvery = every;
    reason = why;
    return this;
  }

  SampleRun failing(String why) {
    failure = Optional.of(why);
    return this;
  }

  RunReport make() {
    var sites = new ArrayList<Site>();
    for (int i = 0; i < siteCount; i++) {
      sites.add(new Site(name(i), 90 + 7L * (i % 50), 113));
    }
    var metrics = List.of(history("accuracy", true), history("auc", true), history("loss", false));
    var mean = metrics.getFirst().mean();
    return new RunReport(
        job,
        failure.isPresent() ? JobStatus.FAILED : JobStatus.COMPLETED,
        failure,
        roundCount,
        Duration.ofMillis(9_412),
        Optional.of(new KeyMetric("accuracy", Direction.MAX)),
        mean.isEmpty()
            ? Optional.empty()
            : Optional.of(new Best(mean.getLast().round(), mean.getLast().value())),
        facts(),
        sites,
        metrics,
        rounds(),
        List.of());
  }

  private static List<Fact> facts() {
    return List.of(
        new Fact("Job", "6f0d3e52-8f0c-4b5d-9c59-6d3a2a3f3f10"),
        new Fact("Seed", "7"),
        new Fact("Study", "default"),
        new Fact(
            "Final model (SHA-256)",
            "fed3eb72d0575ef6192293f5093c6e801b1476b577d0386bf4455504522172ed"),
        new Fact(
            "Best model (SHA-256)",
            "a74b7efa387bc9d108d7d0115d831fe9b414b29ae7124f331b622b4efa0427c8"),
        new Fact("Algorithm", "torch-tabular"),
        new Fact("Ward", "0.1.0"),
        new Fact("Java", "25.0.1 on Linux amd64"),
        new Fact("CPU", "an eight-core processor at 2.4 GHz"),
        new Fact("Finished", "2026-11-23 18:40:12 UTC"));
  }

  private MetricHistory history(String metric, boolean rising) {
    var sites = new TreeMap<SiteName, List<Point>>();
    var own = new TreeMap<SiteName, List<Point>>();
    var sums = new double[roundCount + 1];
    var counts = new int[roundCount + 1];
    for (int i = 0; i < siteCount; i++) {
      var points = new ArrayList<Point>();
      for (int round = 0; round <= roundCount; round++) {
        if (siteCount > sample && random.nextInt(siteCount) >= sample && round < roundCount) {
          continue;
        }
        double value = value(rising, round, 0.004 * (i % 23)) + 0.006 * random.nextGaussian();
        value = Math.clamp(value, 0, rising ? 1 : 9);
        points.add(new Point(round, value));
        sums[round] += value;
        counts[round]++;
      }
      sites.put(name(i), points);
      if (alone) {
        own.put(name(i), alone(rising, i));
      }
    }
    var mean = new ArrayList<Point>();
    for (int round = 0; round <= roundCount; round++) {
      if (counts[round] > 0) {
        mean.add(new Point(round, sums[round] / counts[round]));
      }
    }
    return new MetricHistory(metric, mean, sites, own);
  }

  private List<Point> alone(boolean rising, int site) {
    var points = new ArrayList<Point>();
    for (int round = 0; round <= roundCount; round++) {
      double handicap = 0.3 / (1 + site);
      points.add(new Point(round, Math.max(0, value(rising, round, handicap))));
    }
    return points;
  }

  private double value(boolean rising, int round, double handicap) {
    double learnt = 1 - Math.exp(-6.0 * round / Math.max(1, roundCount));
    return rising ? 0.55 + (0.44 - handicap) * learnt : 0.69 - (0.6 - handicap) * learnt;
  }

  private List<Round> rounds() {
    var rounds = new ArrayList<Round>();
    int answers = 0;
    for (int round = 1; round <= roundCount; round++) {
      SortedMap<SiteName, Contribution> accepted = new TreeMap<>();
      var absences = new ArrayList<Absence>();
      for (int i = 0; i < siteCount; i++) {
        if (siteCount > sample && random.nextInt(siteCount) >= sample) {
          continue;
        }
        if (faultyEvery > 0 && ++answers % faultyEvery == 0) {
          var kinds = AbsenceKind.values();
          absences.add(new Absence(name(i), kinds[answers / faultyEvery % kinds.length], reason));
        } else {
          double norm = 2.0 / Math.sqrt(round) + 0.1 * i % 0.7;
          accepted.put(
              name(i), new Contribution(i == leftOut ? 0 : 6 + i % 5, OptionalDouble.of(norm)));
        }
      }
      rounds.add(new Round(round, accepted, absences));
    }
    return rounds;
  }

  private static SiteName name(int index) {
    return new SiteName("site-" + (index + 1));
  }
}
