package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScaleTest {

  @ParameterizedTest
  @CsvSource({
    "0.55, 0.99",
    "0.9973, 0.9973",
    "-3, 4000",
    "0, 0",
    "1e-9, 2e-9",
    "1e12, 3e12",
    "-1.7e308, 1.7e308",
    "1.5e308, 1.5e308",
    "-2e305, 3"
  })
  void anAxisHoldsItsValuesAndAFewRoundTicks(double least, double greatest) {
    var scale = Scale.around(least, greatest);
    assertThat(scale.low()).isLessThanOrEqualTo(least);
    assertThat(scale.high()).isGreaterThanOrEqualTo(greatest);
    assertThat(scale.ticks()).hasSizeBetween(2, 8);
    assertThat(scale.ticks()).allMatch(tick -> scale.at(tick) > -1e-6 && scale.at(tick) < 1 + 1e-6);
    assertThat(scale.ticks().stream().map(scale::label)).doesNotHaveDuplicates();
  }

  @Test
  void sharesStayWithinZeroAndOne() {
    var scale = Scale.around(0.991, 1);
    assertThat(scale.high()).isEqualTo(1);
    assertThat(scale.label(scale.high())).isEqualTo("1.000");
  }

  @Test
  void roundsAreCountedInWholeNumbers() {
    assertThat(Scale.whole(0, 20).ticks()).containsExactly(0.0, 5.0, 10.0, 15.0, 20.0);
    assertThat(Scale.whole(3, 3).ticks()).containsExactly(3.0);
    assertThat(Scale.cells(1, 4).at(1)).isEqualTo(0.125);
  }
}
