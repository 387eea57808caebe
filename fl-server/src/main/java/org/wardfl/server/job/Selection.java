package org.wardfl.server.job;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Random;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.Seed;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobDefinition;

/// Which of a job's sites take part in a round.
final class Selection {

  private Selection() {}

  /// All, or a sample that depends on the seed and the round alone, with the mandatory ones in it.
  static SortedSet<SiteName> of(JobDefinition job, int round) {
    if (job.sample() == 0) {
      return job.sites();
    }
    var others = new ArrayList<>(job.sites());
    others.removeAll(job.mandatorySites());
    Collections.shuffle(others, new Random(Seed.derive(job.seed(), round, "", "sample")));
    var selected = new TreeSet<>(job.mandatorySites());
    selected.addAll(others.subList(0, job.sample() - job.mandatorySites().size()));
    return selected;
  }
}
