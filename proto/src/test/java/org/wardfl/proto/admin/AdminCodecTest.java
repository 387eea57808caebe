package org.wardfl.proto.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.proto.WireException;
import org.wardfl.proto.admin.JobReport.SiteState;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.JobStatus;

class AdminCodecTest {

  private static final Instant AT = Instant.parse("2026-11-24T01:02:03.004Z");
  private static final ModelHash HASH = new ModelHash("0123456789abcdef".repeat(4));

  @ParameterizedTest
  @EnumSource
  void summariesComeBackEqual(JobStatus status) throws Exception {
    var begun = summary(status, Optional.of(AT), Optional.of(AT.plusSeconds(9)));
    assertThat(AdminCodec.fromWire(AdminCodec.toWire(begun))).isEqualTo(begun);
    var fresh = summary(status, Optional.empty(), Optional.empty());
    assertThat(AdminCodec.fromWire(AdminCodec.toWire(fresh))).isEqualTo(fresh);
  }

  @Test
  void reportsComeBackEqual() throws Exception {
    var sites =
        Arrays.stream(SiteState.values())
            .map(state ->
                new JobReport.Site(
                    new SiteName("site-" + state.name().toLowerCase(Locale.ROOT)),
                    state,
                    "it said so"))
            .toList();
    var full =
        new JobReport(
            summary(JobStatus.FAILED, Optional.of(AT), Optional.of(AT)),
            sites,
            Optional.of(new JobReport.Failure(Optional.of(new SiteName("site-1")), "train", "NaN")),
            Optional.of("lead@uni.org"),
            Optional.of(HASH),
            Optional.of(new JobReport.Best(3, HASH, 0.5)),
            new TreeMap<>(Map.of("accuracy", 0.75)),
            List.of("round 1, site-1: declined: no"));
    assertThat(AdminCodec.fromWire(AdminCodec.toWire(full))).isEqualTo(full);
    var bare =
        new JobReport(
            summary(JobStatus.SUBMITTED, Optional.empty(), Optional.empty()),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new TreeMap<>(),
            List.of());
    assertThat(AdminCodec.fromWire(AdminCodec.toWire(bare))).isEqualTo(bare);
  }

  @Test
  void whatALaterVersionSaysIsNotGuessed() {
    var later = AdminCodec.toWire(summary(JobStatus.RUNNING, Optional.empty(), Optional.empty()));
    assertThatThrownBy(() -> AdminCodec.fromWire(later.toBuilder().setStatusValue(99).build()))
        .isInstanceOf(WireException.class)
        .hasMessageContaining("not known here");
    assertThatThrownBy(() -> AdminCodec.fromWire(later.toBuilder().setId("../x").build()))
        .isInstanceOf(WireException.class);
  }

  private static JobSummary summary(
      JobStatus status, Optional<Instant> started, Optional<Instant> finished) {
    return new JobSummary(
        new JobId("0190a1b2-0000-7000-8000-000000000001"),
        "a job",
        "default",
        status,
        started.isPresent() ? Optional.of("offline: site-1") : Optional.empty(),
        "lead@uni.org",
        AT,
        started,
        finished,
        2,
        4);
  }
}
