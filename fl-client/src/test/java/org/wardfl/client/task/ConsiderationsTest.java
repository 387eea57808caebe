package org.wardfl.client.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.DesiredState;
import org.wardfl.proto.task.ObservedState;

@Timeout(30)
class ConsiderationsTest {

  private static final DesiredState.DesiredJob JOB =
      new DesiredState.DesiredJob(
          SignedJobs.submission().job(), SignedJobs.definition(), Optional.empty(), List.of());

  @Test
  void aJobWhoseExaminationFailsUnexpectedlyIsLookedAtAgain() throws Exception {
    var asked = new AtomicInteger();
    var decided = new CountDownLatch(1);
    var files =
        new JobFiles() {
          @Override
          public JobFiles.Decision admit(DesiredState.DesiredJob job) {
            if (asked.incrementAndGet() < 3) {
              throw new IllegalStateException("a defect in an examination");
            }
            return new Refused("not here");
          }

          @Override
          public void end(JobId job) {
            // There are no files.
          }
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var considerations = new Considerations(files, threads, decided::countDown);
      considerations.want(List.of(JOB));
      assertThat(decided.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(asked).hasValue(3);
      assertThat(considerations.decided())
          .singleElement()
          .matches(job ->
              job.decision() == ObservedState.Decision.REFUSED && job.reason().equals("not here"));
      considerations.close();
    }
  }
}
