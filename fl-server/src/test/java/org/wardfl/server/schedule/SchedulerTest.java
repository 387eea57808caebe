package org.wardfl.server.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.task.ObservedState.Decision;
import org.wardfl.proto.task.ObservedState.ObservedJob;
import org.wardfl.proto.task.SiteCapacity;
import org.wardfl.server.job.Jobs;
import org.wardfl.server.schedule.SiteStand.Kind;

class SchedulerTest {

  private static final Instant NOW = Instant.parse("2026-11-24T00:00:00Z");
  private static final ResourceRequest LIGHT = new ResourceRequest(0, 1, 1L << 30);
  private static final ResourceRequest GPU = new ResourceRequest(1, 1, 1L << 30);

  private final Map<SiteName, SiteView> sites = new HashMap<>();
  private final List<QueuedJob> jobs = new ArrayList<>();
  private Reservations memory = Reservations.NONE;
  private int maxJobs = 100;

  @Test
  void aJobBeginsAtEverySiteThatIsReadyAndTakesItsResources() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(1), Map.of(id(1), Decision.ADMITTED));
    queue(1, Jobs.over(3).minSites(2), GPU);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(1), names(1, 2)));
    assertThat(Objects.requireNonNull(schedule.standings().get(id(1))).waiting()).isEmpty();
    assertThat(stand(schedule, 1, 3).kind()).isEqualTo(Kind.OFFLINE);
  }

  @Test
  void sitesThatSayNothingOfThemselvesAreAskedAtOnceAndNothingIsTakenOfThem() {
    sites.put(name(1), new SiteView(true, Optional.empty(), Optional.empty(), Map.of()));
    queue(1, Jobs.over(1), GPU);
    assertThat(look(NOW).orders()).containsExactly(new Schedule.Begin(id(1), names()));
  }

  @Test
  void aJobWithoutItsQuorumWaitsAndSaysForWhat() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(1), Map.of(id(1), Decision.AWAITING_APPROVAL));
    queue(1, Jobs.over(3).minSites(3).mandatory("site-2"), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).isEmpty();
    assertThat(Objects.requireNonNull(schedule.standings().get(id(1))).waiting())
        .contains(
            "quorum (1 of 3 sites ready, 3 needed, among them site-2); offline: site-3;"
                + " approval: site-2");
  }

  @Test
  void whoCannotBeginIsOvertakenByWhoeverCan() {
    site(1, gpus(1), all(Decision.ADMITTED, 1, 2, 3));
    running(1, Jobs.over(1), GPU, 1);
    queue(2, Jobs.over(1), GPU);
    queue(3, Jobs.over(1), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(3), names(1)));
    assertThat(stand(schedule, 2, 1))
        .isEqualTo(new SiteStand(Kind.BUSY, "GPUs: 1 asked for, 0 of 1 free"));
    assertThat(Objects.requireNonNull(schedule.standings().get(id(2))).waiting())
        .contains("quorum (0 of 1 sites ready, 1 needed); resources taken: site-1");
  }

  @Test
  void theFirstInTheQueueIsServedFirst() {
    site(1, gpus(1), all(Decision.ADMITTED, 1, 2));
    queue(2, Jobs.over(1), GPU);
    queue(1, Jobs.over(1), GPU);
    assertThat(look(NOW).orders()).containsExactly(new Schedule.Begin(id(1), names(1)));
  }

  @Test
  void aJobThatHasWaitedLongForResourcesIsNotOvertakenAtItsSites() {
    site(1, gpus(2), all(Decision.ADMITTED, 1, 2, 3));
    running(1, Jobs.over(1), GPU, 1);
    queue(2, Jobs.over(1), new ResourceRequest(2, 1, 1L << 30));
    var first = look(NOW);
    assertThat(first.lookAgain()).contains(NOW.plus(Scheduler.PATIENCE));
    queue(3, Jobs.over(1), GPU);
    var overtaken = look(NOW.plus(Scheduler.PATIENCE).minusMillis(1));
    assertThat(overtaken.orders()).containsExactly(new Schedule.Begin(id(3), names(1)));
    var patient = look(NOW.plus(Scheduler.PATIENCE));
    assertThat(patient.orders()).isEmpty();
    assertThat(Objects.requireNonNull(patient.standings().get(id(3))).waiting()).isPresent();
  }

  @Test
  void sitesThatHaveNotDecidedAreWaitedForAndTheirOthersAreHeldMeanwhile() {
    site(1, gpus(1), all(Decision.ADMITTED, 1, 2));
    site(2, gpus(1), Map.of());
    queue(1, Jobs.over(2).minSites(1), GPU);
    queue(2, Jobs.over(1), GPU);
    var held = look(NOW);
    assertThat(held.orders()).isEmpty();
    assertThat(Objects.requireNonNull(held.standings().get(id(1))).waiting())
        .contains("the decision of site-2");
    assertThat(held.lookAgain()).contains(NOW.plus(Scheduler.HOLD));
    assertThat(look(NOW.plus(Scheduler.HOLD).minusMillis(1)).orders()).isEmpty();
    site(2, gpus(1), Map.of(id(1), Decision.ADMITTED));
    assertThat(look(NOW.plusSeconds(1)).orders())
        .containsExactly(new Schedule.Begin(id(1), names(1, 2)));
  }

  @Test
  void aReservationExpires() {
    site(1, gpus(1), all(Decision.ADMITTED, 1));
    site(2, gpus(1), Map.of());
    queue(1, Jobs.over(2).minSites(1), GPU);
    assertThat(look(NOW).orders()).isEmpty();
    assertThat(look(NOW.plus(Scheduler.HOLD)).orders())
        .containsExactly(new Schedule.Begin(id(1), names(1)));
  }

  @Test
  void aReservationIsGivenUpWhenItsJobGoes() {
    site(1, gpus(1), all(Decision.ADMITTED, 1, 2));
    site(2, gpus(1), Map.of());
    queue(1, Jobs.over(2).minSites(1), GPU);
    queue(2, Jobs.over(1), GPU);
    assertThat(look(NOW).orders()).isEmpty();
    jobs.removeFirst();
    assertThat(look(NOW.plusMillis(1)).orders())
        .containsExactly(new Schedule.Begin(id(2), names(1)));
    assertThat(memory.heldUntil()).isEmpty();
  }

  @Test
  void aJobThatSomeSitesRefuseBeginsWhereMinSitesStands() {
    site(1, gpus(0), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(0), Map.of(id(1), Decision.REFUSED));
    queue(1, Jobs.over(2).minSites(1), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(1), names(1)));
    assertThat(stand(schedule, 1, 2)).isEqualTo(new SiteStand(Kind.REFUSED, "says site-2"));
  }

  @Test
  void aJobThatTooManySitesRefuseFailsWithTheirSentences() {
    site(2, gpus(0), Map.of(id(1), Decision.REFUSED));
    queue(1, Jobs.over(2).minSites(2), LIGHT);
    assertThat(look(NOW).orders())
        .singleElement()
        .isInstanceOfSatisfying(
            Schedule.GiveUp.class,
            given -> {
              assertThat(given.failure().site()).contains(name(2));
              assertThat(given.failure().phase()).isEqualTo("policy");
              assertThat(given.failure().reason())
                  .isEqualTo("at most 1 of 2 sites take it; the job needs 2; site-2: says site-2");
            });
  }

  @Test
  void aJobThatAMandatorySiteRefusesFails() {
    site(1, gpus(0), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(0), Map.of(id(1), Decision.REFUSED));
    queue(1, Jobs.over(2).minSites(1).mandatory("site-2"), LIGHT);
    assertThat(look(NOW).orders())
        .singleElement()
        .isInstanceOfSatisfying(
            Schedule.GiveUp.class,
            given ->
                assertThat(given.failure().reason())
                    .isEqualTo("mandatory site site-2 does not take it; site-2: says site-2"));
  }

  @Test
  void aJobThatCouldNotBeginInTwoWeeksSaysWhatItWaitedFor() {
    queue(1, Jobs.over(1), LIGHT);
    var deadline = jobs.getFirst().deadline();
    assertThat(look(NOW).lookAgain()).contains(deadline);
    assertThat(look(deadline).orders())
        .singleElement()
        .isInstanceOfSatisfying(
            Schedule.GiveUp.class,
            given ->
                assertThat(given.failure().reason())
                    .isEqualTo(
                        "the job could not begin within 14 days; it waited for quorum (0 of 1 sites"
                            + " ready, 1 needed); offline: site-1"));
  }

  @Test
  void noJobIsGivenUpBeforeItsOwnDeadline() {
    queue(1, Jobs.over(1).deadline(Duration.ofDays(30)), LIGHT);
    var month = jobs.getFirst().submitted().plus(Duration.ofDays(30));
    assertThat(look(month.minusMillis(1)).orders()).isEmpty();
    assertThat(look(month).orders()).singleElement().isInstanceOf(Schedule.GiveUp.class);
    // Its signature counts until it has waited and run.
    var submission = Submission.create(() -> NOW, jobs.getFirst().definition());
    assertThat(submission.expires()).isEqualTo(NOW.plus(Duration.ofDays(60)));
    // No signature counts for more than 90 days.
    var quarter = Jobs.over(1).deadline(Duration.ofDays(70)).build();
    assertThat(Submission.longestWait(quarter)).isEqualTo(Duration.ofDays(20));
    assertThat(Submission.longestWait(Jobs.over(1).deadline(Duration.ofDays(80)).build()))
        .isEqualTo(Duration.ofDays(14));
  }

  @Test
  void noMoreJobsRunThanTheServerAllows() {
    maxJobs = 1;
    site(1, gpus(0), all(Decision.ADMITTED, 1, 2));
    queue(1, Jobs.over(1), LIGHT);
    queue(2, Jobs.over(1), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(1), names(1)));
    assertThat(Objects.requireNonNull(schedule.standings().get(id(2))).waiting())
        .contains("the server runs its 1 job at once");
  }

  @Test
  void noMoreJobsRunAtASiteThanItAllows() {
    var one = new SiteCapacity(0, 8, 1L << 40, 1, Optional.empty());
    site(1, one, all(Decision.ADMITTED, 1, 2));
    queue(1, Jobs.over(1), LIGHT);
    queue(2, Jobs.over(1), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(1), names(1)));
    assertThat(stand(schedule, 2, 1).sentence()).isEqualTo("the site runs its 1 job");
  }

  @Test
  void memoryAndThreadsAreCountedToo() {
    site(1, new SiteCapacity(0, 2, 3L << 30, 9, Optional.empty()), all(Decision.ADMITTED, 1, 2));
    running(1, Jobs.over(1), new ResourceRequest(0, 2, 2L << 30), 1);
    queue(2, Jobs.over(1), new ResourceRequest(0, 1, 2L << 30));
    assertThat(stand(look(NOW), 2, 1).sentence())
        .isEqualTo(
            "CPU threads: 1 asked for, 0 of 2 free; memory: 2 GiB asked for, 1 GiB of 3 GiB free");
  }

  @Test
  void aSiteWithLessThanTheJobNeedsIsNeverAsked() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(0), Map.of(id(1), Decision.ADMITTED));
    queue(1, Jobs.over(2).minSites(1), GPU);
    var schedule = look(NOW);
    assertThat(schedule.orders()).containsExactly(new Schedule.Begin(id(1), names(1)));
    assertThat(stand(schedule, 1, 2))
        .isEqualTo(new SiteStand(Kind.SHORT, "the job asks for 1 GPUs, the site gives 0"));
  }

  @ParameterizedTest
  @EnumSource(SiteCapacity.Cause.class)
  void aClosedSiteBeginsNothingAndSaysUntilWhen(SiteCapacity.Cause cause) {
    var closure = new SiteCapacity.Closure(cause, "closed", Optional.of(NOW.plusSeconds(60)));
    site(
        1,
        new SiteCapacity(1, 8, 1L << 40, 9, Optional.of(closure)),
        Map.of(id(1), Decision.ADMITTED));
    queue(1, Jobs.over(1), LIGHT);
    var schedule = look(NOW);
    assertThat(schedule.orders()).isEmpty();
    assertThat(stand(schedule, 1, 1).sentence()).isEqualTo("closed (until 2026-11-24T00:01:00Z)");
  }

  @Test
  void aSiteThatComesLaterJoinsARunningJob() {
    running(1, Jobs.over(2).minSites(1), GPU, 1);
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(1), Map.of(id(1), Decision.ADMITTED));
    assertThat(look(NOW).orders()).containsExactly(new Schedule.Join(id(1), names(2)));
  }

  @Test
  void whatARunningJobHasIsItsOwnEvenIfAnEarlierOneWantsIt() {
    site(1, gpus(1), all(Decision.ADMITTED, 1, 2));
    site(2, gpus(1), all(Decision.ADMITTED, 1, 2));
    running(1, Jobs.over(2).minSites(1), GPU, 1);
    running(2, Jobs.over(2).minSites(1), GPU, 2);
    assertThat(look(NOW).orders()).isEmpty();
  }

  @Test
  void aSiteThatIsOutIsExcusedAtOnce() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(1), Map.of(id(1), Decision.REFUSED));
    jobs.add(job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1), names(1, 2), false));
    assertThat(look(NOW).orders())
        .containsExactly(new Schedule.Excuse(id(1), name(2), "says site-2"));
  }

  @Test
  void aDisabledSiteIsExcusedEvenIfItHadBegun() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    sites.put(
        name(2), new SiteView(false, Optional.of("by admin@uni.org"), Optional.empty(), Map.of()));
    jobs.add(job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1, 2), names(1, 2), false));
    assertThat(look(NOW).orders())
        .containsExactly(new Schedule.Excuse(id(1), name(2), "disabled: by admin@uni.org"));
  }

  @Test
  void aSiteThatAwaitsApprovalKeepsNobodyWaitingOnceEnoughOthersHaveAnswered() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    site(2, gpus(1), Map.of(id(1), Decision.AWAITING_APPROVAL));
    jobs.add(job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1), names(1, 2), true));
    assertThat(look(NOW).orders()).as("site-1 is still at it").isEmpty();
    jobs.set(0, job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1), names(2), false));
    assertThat(look(NOW).orders()).as("nothing was accepted").isEmpty();
    jobs.set(0, job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1), names(2), true));
    assertThat(look(NOW).orders())
        .containsExactly(new Schedule.Excuse(id(1), name(2), "approval: says site-2"));
  }

  @Test
  void aSiteThatIsOfflineIsWaitedFor() {
    site(1, gpus(1), Map.of(id(1), Decision.ADMITTED));
    jobs.add(job(1, Jobs.over(2).minSites(1), LIGHT, true, names(1), names(2), true));
    assertThat(look(NOW).orders()).isEmpty();
  }

  private Schedule look(Instant now) {
    Function<SiteName, SiteView> view = name -> sites.getOrDefault(name, SiteView.UNKNOWN);
    var schedule = Scheduler.look(jobs, view, maxJobs, memory, now);
    memory = schedule.memory();
    return schedule;
  }

  private static SiteStand stand(Schedule schedule, int job, int site) {
    var stand = Objects.requireNonNull(schedule.standings().get(id(job))).sites().get(name(site));
    return Objects.requireNonNull(stand);
  }

  private void site(int number, SiteCapacity capacity, Map<JobId, Decision> decisions) {
    var told =
        decisions.entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry ->
                        new ObservedJob(entry.getKey(), entry.getValue(), "says " + name(number))));
    sites.put(name(number), new SiteView(true, Optional.empty(), Optional.of(capacity), told));
  }

  private static Map<JobId, Decision> all(Decision decision, Integer... jobs) {
    return Stream.of(jobs).collect(Collectors.toMap(SchedulerTest::id, _ -> decision));
  }

  private static SiteCapacity gpus(int count) {
    return new SiteCapacity(count, 64, 1L << 40, 99, Optional.empty());
  }

  private void queue(int number, Jobs job, ResourceRequest resources) {
    jobs.add(job(number, job, resources, false, names(), names(), false));
  }

  private void running(int number, Jobs job, ResourceRequest resources, Integer... taken) {
    jobs.add(job(number, job, resources, true, names(taken), names(), false));
  }

  private static QueuedJob job(
      int number,
      Jobs job,
      ResourceRequest resources,
      boolean running,
      SortedSet<SiteName> taken,
      SortedSet<SiteName> asked,
      boolean enough) {
    return new QueuedJob(
        id(number),
        job.resources(resources).build(),
        NOW.minus(Duration.ofMinutes(10 - number)),
        running,
        taken,
        asked,
        enough);
  }

  private static SortedSet<SiteName> names(Integer... numbers) {
    return Set.of(numbers).stream()
        .map(SchedulerTest::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static SiteName name(int number) {
    return new SiteName("site-" + number);
  }

  private static JobId id(int number) {
    return new JobId("0190a1b2-0000-7000-8000-00000000000" + number);
  }
}
