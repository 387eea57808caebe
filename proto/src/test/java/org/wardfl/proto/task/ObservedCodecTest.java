package org.wardfl.proto.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.wardfl.proto.WireException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.task.ObservedState.Decision;
import org.wardfl.proto.task.ObservedState.ObservedJob;

class ObservedCodecTest {

  private static final JobId JOB = new JobId("0190a1b2-0000-7000-8000-000000000001");

  @Test
  void whatASiteOffersComesBackEqual() throws Exception {
    var until = Optional.of(Instant.ofEpochMilli(1_795_478_400_000L));
    var offers = new ArrayList<SiteCapacity>();
    offers.add(SiteCapacity.UNBOUNDED);
    offers.add(new SiteCapacity(0, 0, 0, 0, Optional.empty()));
    for (var cause : SiteCapacity.Cause.values()) {
      offers.add(
          new SiteCapacity(
              2, 16, 1L << 36, 3, Optional.of(new SiteCapacity.Closure(cause, "why", until))));
    }
    for (var offer : offers) {
      var state = new ObservedState(List.of(), Optional.of(offer), List.of());
      assertThat(ObservedCodec.fromWire(ObservedCodec.toWire(state))).isEqualTo(state);
    }
  }

  @Test
  void everyDecisionComesBackEqual() throws Exception {
    for (var decision : Decision.values()) {
      var state =
          new ObservedState(
              List.of(), Optional.empty(), List.of(new ObservedJob(JOB, decision, "a sentence")));
      assertThat(ObservedCodec.fromWire(ObservedCodec.toWire(state))).isEqualTo(state);
    }
  }

  @Test
  void aSiteThatSaysNothingOfItsCapacityIsToldFromOneWithoutBounds() throws Exception {
    var silent = new ObservedState(List.of(), Optional.empty(), List.of());
    assertThat(ObservedCodec.fromWire(ObservedCodec.toWire(silent)).capacity()).isEmpty();
  }

  @Test
  void aReasonMovesNoCursorAndEndsSomewhere() {
    var job = new ObservedJob(JOB, Decision.REFUSED, "\u001b[2Jno\nnot\u202e" + "x".repeat(600));
    assertThat(job.reason())
        .startsWith("\\u001b[2Jno\\u000anot\\u202ex")
        .hasSize(500)
        .endsWith("…");
  }

  @Test
  void aJobThatIsDecidedTwiceIsRefused() {
    var wire =
        ObservedCodec.toWire(
            new ObservedState(
                List.of(), Optional.empty(), List.of(new ObservedJob(JOB, Decision.ADMITTED, ""))))
            .toBuilder();
    wire.addJobs(wire.getJobs(0));
    assertThatThrownBy(() -> ObservedCodec.fromWire(wire.build()))
        .isInstanceOf(WireException.class)
        .hasMessage("observed state: decisions about 2 jobs; expected at most 10000, one each");
  }

  @Test
  void aNegativeNumberIsRefused() {
    var wire =
        ObservedCodec.toWire(
            new ObservedState(List.of(), Optional.of(SiteCapacity.UNBOUNDED), List.of()))
            .toBuilder();
    wire.getCapacityBuilder().setGpus(-1);
    assertThatThrownBy(() -> ObservedCodec.fromWire(wire.build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("capacity: gpus -1");
  }
}
