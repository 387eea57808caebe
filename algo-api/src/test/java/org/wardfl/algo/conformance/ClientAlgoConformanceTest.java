package org.wardfl.algo.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/// The kit must find each mistake, and find none where there is none.
class ClientAlgoConformanceTest {

  static List<WrongAlgos.Expectation> algorithms() {
    return WrongAlgos.ALL;
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void theKitFindsExactlyThatMistake(WrongAlgos.Expectation expectation) {
    var listener = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(DiscoverySelectors.selectClass(expectation.kit()))
                .build(),
            listener);
    var summary = listener.getSummary();
    var text = new StringWriter();
    summary.printFailuresTo(new PrintWriter(text), 5);
    assertThat(summary.getTestsStartedCount()).isGreaterThanOrEqualTo(20);
    assertThat(
            summary.getFailures().stream()
                .map(failure -> failure.getTestIdentifier().getDisplayName().replace("()", ""))
                .collect(Collectors.toSet()))
        .as(text.toString())
        .containsExactlyInAnyOrderElementsOf(expectation.failing());
  }
}
