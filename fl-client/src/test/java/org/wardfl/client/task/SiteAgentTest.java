package org.wardfl.client.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.run.Grace;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.host.InProcessHost;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.client.link.ServerLink;
import org.wardfl.client.policy.LocalPolicy;
import org.wardfl.client.state.ResultStore;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;
import org.wardfl.proto.task.TaskAssignment;
import org.wardfl.proto.task.TaskKey;
import org.wardfl.proto.task.TaskOutcome;
import org.wardfl.proto.task.Verdict;

@Timeout(30)
class SiteAgentTest {

  @TempDir private Path folder;

  @Test
  void anAnswerThatCameTooLateIsNotSentAgainBeforeTheServerWantsSomethingElse() throws Exception {
    var link = new LateLink();
    try (var thread = Executors.newSingleThreadExecutor();
        var host = new InProcessHost(new AlgorithmCatalog(List.of()), Grace.DEFAULT);
        var agent =
            new SiteAgent(
                link,
                new NoJobs(),
                new LocalPolicy(Map.of(), false, List.of(), Optional.empty(), Optional.empty()),
                host,
                new ResultStore(folder, Durability.NONE),
                new Permits(1),
                SiteAudit.NONE,
                thread,
                Optional::empty)) {
      agent.start();
      settle(thread);
      assertThat(link.delivered).hasValue(1);
      link.onChange.run();
      settle(thread);
      assertThat(link.delivered).hasValue(2);
    }
  }

  /// Each step of the agent hands the next one to its only thread.
  private static void settle(ExecutorService thread) throws Exception {
    for (int step = 0; step < 20; step++) {
      thread.submit(() -> {}).get();
    }
  }

  /// To a server that closed the round, and still has to say so.
  private static final class LateLink implements ServerLink {

    private final DesiredState desired = new DesiredState(1, 1, List.of(job()));
    private final AtomicInteger delivered = new AtomicInteger();
    private Runnable onChange = () -> {};

    private static DesiredState.DesiredJob job() {
      var id = SignedJobs.submission().job();
      var task =
          new TaskAssignment(
              new TaskKey(id, 0, 0, new SiteName("site-1")),
              TaskKind.INITIAL,
              Optional.empty(),
              1,
              WeightType.FULL,
              TaskAssignment.GLOBAL,
              "");
      return new DesiredState.DesiredJob(
          id, SignedJobs.definition(), Optional.empty(), List.of(task));
    }

    @Override
    public DesiredState desired() {
      return desired;
    }

    @Override
    public void watch(Runnable action) {
      onChange = action;
    }

    @Override
    public void observe(Supplier<ObservedState> state) {
      // Nobody looks.
    }

    @Override
    public void fetch(ModelHash file, long largest, Path target) {
      throw new IllegalStateException("there is no file");
    }

    @Override
    public void store(TaskKey task, ModelHash update, Path file) {
      throw new IllegalStateException("there is no update");
    }

    @Override
    public Verdict deliver(TaskKey task, TaskOutcome outcome) {
      delivered.incrementAndGet();
      return new Verdict.Obsolete("the round was closed in the meantime");
    }
  }

  /// Lets no job in, which is an answer too.
  private static final class NoJobs implements JobFiles {

    @Override
    public Decision admit(DesiredState.DesiredJob job) {
      return new Refused("not here");
    }

    @Override
    public void end(JobId job) {
      // There are no files.
    }
  }
}
