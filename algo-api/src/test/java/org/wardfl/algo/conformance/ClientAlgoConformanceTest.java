package org.wardfl.algo.conformance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.run.Grace;

/// The kit finds each fault, and by the one rule that forbids it.
class ClientAlgoConformanceTest {

  /// For the one sample that does not stop; the others never wait for it, however busy the machine.
  static final Grace SHORT = new Grace(Duration.ofMillis(100), Duration.ofMillis(500));

  private static final String SAMPLE = "ward.conformance.sample";

  private static final Map<Sample, Outcome> OUTCOMES = new EnumMap<>(Sample.class);

  @BeforeAll
  static void runTheKitOnEveryQuickSample() throws Exception {
    // Two at a time: the one waits for its second JVM, or for a grace to be over, while the other
    // runs.
    try (var threads = Executors.newFixedThreadPool(2)) {
      var running = new EnumMap<Sample, Future<Outcome>>(Sample.class);
      for (var sample : quickSamples()) {
        running.put(sample, threads.submit(() -> run(sample)));
      }
      for (var entry : running.entrySet()) {
        OUTCOMES.put(entry.getKey(), entry.getValue().get());
      }
    }
  }

  @AfterAll
  static void removeTheStrayFile() throws IOException {
    Files.deleteIfExists(
        Path.of(System.getProperty("java.io.tmpdir"), WrongRepeats.WritesToTemp.NAME));
  }

  private static List<Sample> quickSamples() {
    return Arrays.stream(Sample.values()).filter(sample -> !sample.isSlow()).toList();
  }

  private static List<Sample> slowSamples() {
    return Arrays.stream(Sample.values()).filter(Sample::isSlow).toList();
  }

  @ParameterizedTest
  @MethodSource("quickSamples")
  void exactlyTheBrokenRulesAreReported(Sample sample) {
    requireExactlyTheBrokenRules(sample, requireNonNull(OUTCOMES.get(sample)));
  }

  @ParameterizedTest
  @MethodSource("slowSamples")
  @Tag("slow")
  void exactlyTheBrokenRulesOfSlowSamplesAreReported(Sample sample) {
    requireExactlyTheBrokenRules(sample, run(sample));
  }

  private static void requireExactlyTheBrokenRules(Sample sample, Outcome outcome) {
    assertThat(outcome.failed.keySet())
        .as("broken rules, of %d; said %s", outcome.rules.size(), outcome.failed)
        .isEqualTo(sample.broken());
  }

  @Test
  void everyRuleIsBrokenByAQuickSampleAndSkippedWithAReason() {
    var broken = new TreeSet<String>();
    for (var sample : quickSamples()) {
      broken.addAll(sample.broken());
    }
    var outcome = requireNonNull(OUTCOMES.get(Sample.QUADRATIC));
    assertThat(outcome.rules).isEqualTo(broken);
    assertThat(outcome.skipped)
        .isEqualTo(
            Map.of(
                "missingDataIsRefusedWithoutItsPath", "the algorithm reads no data",
                "aSiteWithoutSamplesTrainsNothing", "emptyData() names no dataset without samples",
                "aRestoredStateGoesOn", "it keeps no state",
                "equalStatesAreEqualBytes", "it keeps no state",
                "aForeignStateIsRefused", "it keeps no state"));
  }

  private static Outcome run(Sample sample) {
    var request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(Kit.class))
            .configurationParameter(SAMPLE, sample.name());
    if (!sample.needsSecondJvm()) {
      request.filters(TagFilter.excludeTags("second-jvm"));
    }
    var config =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    var outcome = new Outcome();
    LauncherFactory.create(config).execute(request.build(), outcome);
    return outcome;
  }

  /// The kit for one sample. In this JVM the launcher names it, in the second one a system
  /// property.
  static final class Kit extends ClientAlgoConformance {

    private String sample = System.getProperty(SAMPLE, "");

    @RegisterExtension
    private final BeforeEachCallback choice =
        context -> sample = context.getConfigurationParameter(SAMPLE).orElseThrow();

    @Override
    public ClientAlgoFactory factory() {
      return Sample.valueOf(sample).factory();
    }

    @Override
    public AlgoContext.DataBinding data() {
      return Sample.valueOf(sample).readsTable()
          ? table("table.csv")
          : new AlgoContext.DataBinding("", Optional.empty(), Arguments.none());
    }

    @Override
    public Optional<AlgoContext.DataBinding> emptyData() {
      return Sample.valueOf(sample).readsTable()
          ? Optional.of(table("empty.csv"))
          : Optional.empty();
    }

    private static AlgoContext.DataBinding table(String name) {
      var folder = Path.of("src", "test", "resources", "org", "wardfl", "algo", "conformance");
      return new AlgoContext.DataBinding(
          "table", Optional.of(folder.resolve(name)), Arguments.none());
    }

    @Override
    public Grace grace() {
      return Sample.valueOf(sample) == Sample.EVALUATES_ON ? SHORT : Grace.DEFAULT;
    }

    @Override
    public List<String> jvmOptions() {
      return List.of("-D" + SAMPLE + "=" + sample);
    }
  }

  /// Which rules were asked, and how they ended.
  private static final class Outcome implements TestExecutionListener {

    private final Set<String> rules = new TreeSet<>();
    private final Map<String, String> failed = new TreeMap<>();
    private final Map<String, String> skipped = new LinkedHashMap<>();

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      var rule = rule(test);
      if (test.isTest()) {
        rules.add(rule);
      }
      var said = result.getThrowable().map(Throwable::getMessage).orElse("");
      switch (result.getStatus()) {
        case SUCCESSFUL -> {}
        case FAILED -> failed.merge(rule, said, (one, other) -> one + "; " + other);
        case ABORTED -> skipped.put(rule, said.replace("Assumption failed: ", ""));
      }
    }

    private static String rule(TestIdentifier test) {
      boolean dynamic = test.getUniqueIdObject().getLastSegment().getType().equals("dynamic-test");
      return !dynamic
              && test.getSource().orElse(null)
                  instanceof org.junit.platform.engine.support.descriptor.MethodSource method
          ? method.getMethodName()
          : test.getDisplayName();
    }
  }
}
