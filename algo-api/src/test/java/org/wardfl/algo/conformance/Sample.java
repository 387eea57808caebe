package org.wardfl.algo.conformance;

import java.util.EnumSet;
import java.util.Set;
import java.util.function.Supplier;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.fixture.FixtureFactory;
import org.wardfl.algo.fixture.MomentumAlgo;
import org.wardfl.algo.fixture.QuadraticAlgo;

/// An algorithm, and the rule that the kit must find broken.
enum Sample {
  QUADRATIC(new FixtureFactory.Quadratic(), Run.EVERYTHING, ""),
  MOMENTUM(MomentumAlgo::new, Run.ONE_JVM, ""),
  READS_TABLE(WrongModels.ReadsTable::new, Run.EVERYTHING, ""),

  REFUSES_ITS_JOB(new Refusing(), Run.ONE_JVM, "theFactoryMakesTheAlgorithm"),
  PROMISES_STATISTICS(
      new ConstructorFactory(QuadraticAlgo::new, EnumSet.allOf(TaskKind.class)),
      Run.ONE_JVM,
      "theAlgorithmOffersWhatItsFactorySays"),
  RETURNS_NAN(WrongWeights.ReturnsNan::new, Run.ONE_JVM, "theAlgorithmRunsAsThePlatformRunsIt"),
  ZEROS_BEFORE_TRAINING(
      WrongAborts.ZerosBeforeTraining::new, Run.ONE_JVM, "weightsBeforeATrainingAreRefused"),
  SHUTDOWN_THROWS(WrongAborts.ShutdownThrows::new, Run.ONE_JVM, "shutdownMayBeRepeated"),
  TELLS_PATH(WrongModels.TellsPath::new, Run.ONE_JVM, "missingDataIsRefusedWithoutItsPath"),

  ABORT_THROWS(WrongAborts.AbortThrows::new, Run.ONE_JVM, "abortReturnsAtOnceAndMayBeRepeated"),
  IGNORES_ABORT(WrongAborts.IgnoresAbort::new, Run.ONE_JVM, "anAbortEndsEveryCall"),
  EVALUATES_ON(WrongAborts.EvaluatesOn::new, Run.ONE_JVM, "anAbortEndsEveryCall"),
  ASKS_ONCE(WrongAborts.AsksOnce::new, Run.ONE_JVM, "anAbortStopsARunningTraining"),
  RESUMES(WrongAborts.Resumes::new, Run.ONE_JVM, "anAbortLeavesNothingBehind"),

  ALIASING(WrongWeights.Aliasing::new, Run.ONE_JVM, "returnedWeightsAreASnapshot"),
  WRITES_TO_INPUT(WrongWeights.WritesToInput::new, Run.ONE_JVM, "theReceivedModelIsNotWrittenTo"),
  KEEPS_INPUT(WrongWeights.KeepsInput::new, Run.ONE_JVM, "theReceivedModelIsNotKept"),
  CASTS(WrongWeights.Casts::new, Run.ONE_JVM, "theModelIsReadThroughItsInterface"),
  DROPS_TENSOR(WrongWeights.DropsTensor::new, Run.ONE_JVM, "theUpdateHasTheModelsStructure"),
  WRONG_SIGN(WrongWeights.WrongSign::new, Run.ONE_JVM, "theDifferenceAndTheModelAgree"),
  EVALUATE_LOADS(WrongWeights.EvaluateLoads::new, Run.ONE_JVM, "evaluationLeavesTheWeightsAlone"),

  TAKES_NAN(WrongModels.TakesNan::new, Run.ONE_JVM, "aModelThatIsNotFiniteIsRefused"),
  TAKES_MISSING(WrongModels.TakesMissing::new, Run.ONE_JVM, "aModelWithoutATensorIsRefused"),
  TAKES_UNKNOWN(WrongModels.TakesUnknown::new, Run.ONE_JVM, "aModelWithAnUnknownTensorIsRefused"),
  TAKES_OTHER_TYPE(
      WrongModels.TakesOtherType::new, Run.ONE_JVM, "aModelOfAnotherShapeOrTypeIsRefused"),
  TRAINS_ON_NOTHING(
      WrongModels.TrainsOnNothing::new, Run.ONE_JVM, "aSiteWithoutSamplesTrainsNothing"),

  UNSEEDED(WrongRepeats.Unseeded::new, Run.ONE_JVM, "theSameSeedGivesTheSameBytes"),
  FIXED_SEED(WrongRepeats.FixedSeed::new, Run.ONE_JVM, "anotherSeedGivesAnotherTraining"),
  SITE_IN_INITIAL(WrongRepeats.SiteInInitial::new, Run.ONE_JVM, "theInitialModelKnowsNoSite"),
  HIDDEN_MOMENTUM(WrongRepeats.HiddenMomentum::new, Run.ONE_JVM, "earlierTasksDoNotShow"),
  SHARED(WrongRepeats.Shared::new, Run.ONE_JVM, "instancesDoNotDisturbEachOther"),
  DEFAULT_LOCALE(WrongRepeats.DefaultLocale::new, Run.EVERYTHING, "surroundingsDoNotShow"),
  DEFAULT_CHARSET(WrongRepeats.DefaultCharset::new, Run.EVERYTHING_SLOW, "surroundingsDoNotShow"),
  DEFAULT_ZONE(WrongRepeats.DefaultZone::new, Run.EVERYTHING_SLOW, "surroundingsDoNotShow"),
  WRITES_BESIDE_SCRATCH(
      WrongRepeats.WritesBesideScratch::new, Run.EVERYTHING, "onlyTheScratchFolderIsWrittenTo"),
  WRITES_TO_TEMP(
      WrongRepeats.WritesToTemp::new, Run.EVERYTHING_SLOW, "onlyTheScratchFolderIsWrittenTo"),

  FORGETS_STATE(WrongStates.ForgetsState::new, Run.ONE_JVM, "aRestoredStateGoesOn"),
  COUNTS_SAVES(WrongStates.CountsSaves::new, Run.ONE_JVM, "equalStatesAreEqualBytes"),
  TRUSTS_STATE(WrongStates.TrustsState::new, Run.ONE_JVM, "aForeignStateIsRefused");

  /// What of the kit is run, and when: the second JVM takes as long as all the rest, and most
  /// faults have nothing to do with it.
  enum Run {
    EVERYTHING,
    /// In the slow tests only, as another sample breaks the same rule.
    EVERYTHING_SLOW,
    ONE_JVM
  }

  // The interface cannot promise it, but these factories have no state that changes.
  @SuppressWarnings("ImmutableEnumChecker")
  private final ClientAlgoFactory factory;

  private final Run run;
  private final String broken;

  Sample(ClientAlgoFactory factory, Run run, String broken) {
    this.factory = factory;
    this.run = run;
    this.broken = broken;
  }

  Sample(Supplier<? extends ClientAlgo> constructor, Run run, String broken) {
    this(ConstructorFactory.of(constructor), run, broken);
  }

  ClientAlgoFactory factory() {
    return factory;
  }

  boolean needsSecondJvm() {
    return run != Run.ONE_JVM;
  }

  boolean isSlow() {
    return run == Run.EVERYTHING_SLOW;
  }

  /// The names of the tests that must fail: one, or none for an algorithm that is right.
  Set<String> broken() {
    return broken.isEmpty() ? Set.of() : Set.of(broken);
  }

  boolean readsTable() {
    return factory.create() instanceof WrongModels.ReadsTable;
  }

  /// Refuses the very arguments that its algorithm works with.
  private static final class Refusing extends FixtureFactory {

    Refusing() {
      super("refusing", QuadraticAlgo::new);
    }

    @Override
    public void check(Arguments arguments, Arguments dataSettings)
        throws AlgoException.Configuration {
      throw new AlgoException.Configuration("argument `size` is missing; expected a whole number");
    }
  }
}
