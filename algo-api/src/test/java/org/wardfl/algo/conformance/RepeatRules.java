package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.ModelDifference;

/// A result depends on the model, the data, the arguments, the seed and the state, and on nothing
/// else.
interface RepeatRules extends ConformanceRules {

  /// A job that is run again gives the same bytes and scores.
  @Test
  default void theSameSeedGivesTheSameBytes() throws Exception {
    var base = Path.of("").toAbsolutePath();
    var first = Files.createDirectories(bench().folder().resolve("first"));
    var second = Files.createDirectories(bench().folder().resolve("second"));
    assertThat(PlatformRun.of(this, base, second).facts())
        .as("the same job, run again")
        .isEqualTo(PlatformRun.of(this, base, first).facts());
  }

  /// Random numbers come from the task's seed, so another job's seed, round or site draws others.
  @Test
  default void anotherSeedGivesAnotherTraining() throws Exception {
    var task = ConformanceTask.ofRound(1);
    var alone = bench().trainedAlone(WeightType.FULL, task);
    var others =
        Map.of(
            "another seed of the job",
            new ConformanceTask(1, task.jobSeed() + 1, task.seedSite(), task.abort()),
            "another site in the seed",
            new ConformanceTask(1, task.jobSeed(), "site-2", task.abort()));
    for (var other : others.entrySet()) {
      boolean same =
          ModelDifference.between(alone, bench().trainedAlone(WeightType.FULL, other.getValue()))
              .isIdentical();
      if (drawsInTraining()) {
        assertThat(same)
            .as("%s gives the same weights, but drawsInTraining says it must not", other.getKey())
            .isFalse();
      } else {
        assertThat(same)
            .as("%s gives the same weights, as drawsInTraining says it must", other.getKey())
            .isTrue();
      }
    }
  }

  /// Any site can make the initial model, before or after a training.
  @Test
  default void theInitialModelKnowsNoSite() throws Exception {
    assumeTrue(factory().supports().contains(TaskKind.INITIAL), "it makes no initial model");
    try (var here = bench().start();
        var there = bench().start(new SiteName("site-2"))) {
      var initial = here.initial(ConformanceTask.SEED);
      assertThat(
              ModelDifference.between(initial, there.initial(ConformanceTask.SEED)).isIdentical())
          .as("the initial model is the same at another site")
          .isTrue();
      here.train(Models.nudged(initial), ConformanceTask.ofRound(1));
      assertThat(ModelDifference.between(initial, here.initial(ConformanceTask.SEED)).isIdentical())
          .as("the initial model is the same after a training")
          .isTrue();
    }
  }

  /// An instance that has worked before works like a new one; what an algorithm keeps across rounds
  /// it keeps as a [org.wardfl.algo.StatefulAlgo].
  @Test
  default void earlierTasksDoNotShow() throws Exception {
    var second = ConformanceTask.ofRound(2);
    try (var trial = bench().start()) {
      assumeTrue(trial.stateful().isEmpty(), "it keeps a state: the rules of that apply");
      trial.train(Models.nudged(bench().model()), ConformanceTask.ofRound(1));
      trial.train(bench().model(), second);
      bench()
          .requireAsAlone(
              trial,
              WeightType.FULL,
              second,
              "an earlier task shows in the next one, and the algorithm is no StatefulAlgo");
    }
  }

  /// Two instances whose calls alternate share nothing.
  @Test
  default void instancesDoNotDisturbEachOther() throws Exception {
    var task = ConformanceTask.ofRound(1);
    var other = Models.nudged(bench().model());
    try (var trial = bench().start()) {
      try (var neighbour = bench().start(new SiteName("site-2"))) {
        neighbour.evaluate(other, task);
        trial.train(bench().model(), task);
        neighbour.train(other, new ConformanceTask(1, task.jobSeed(), "site-2", task.abort()));
      }
      bench()
          .requireAsAlone(
              trial, WeightType.FULL, task, "another instance in the same JVM changes the weights");
    }
  }

  /// Language, character set, time zone and working directory do not show, and nothing is written
  /// but to the scratch folder.
  @TestFactory
  @Tag("second-jvm")
  default List<DynamicTest> otherSurroundings() throws Exception {
    var here = PlatformRun.of(this, Path.of("").toAbsolutePath(), bench().folder());
    var there =
        OtherSurroundings.of(this, Files.createDirectories(bench().folder().resolve("there")));
    return List.of(
        dynamicTest(
            "surroundingsDoNotShow",
            () ->
                assertThat(there.facts())
                    .as("the same job in Turkish, ISO-8859-1, on Kiritimati, and in another JVM")
                    .isEqualTo(here.facts())),
        dynamicTest(
            "onlyTheScratchFolderIsWrittenTo",
            () ->
                assertThat(there.strays())
                    .as("files written or changed outside of the scratch folder")
                    .isEmpty()));
  }
}
