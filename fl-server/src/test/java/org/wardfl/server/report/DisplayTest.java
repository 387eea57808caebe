package org.wardfl.server.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisplayTest {

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.99731, 0.9973",
    "12.345, 12.35",
    "1234.5, 1235",
    "-0.5, -0.5000",
    "0.00001234, 1.23e-05",
    "123456789, 1.23e+08"
  })
  void numbersHaveAboutFourDigits(double value, String shown) {
    assertThat(Display.number(value)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"850, 850 ms", "9412, 9.4 s", "750000, 12 min 30 s", "11100000, 3 h 5 min"})
  void timesHaveTwoUnitsAtMost(long milliseconds, String shown) {
    assertThat(Display.duration(Duration.ofMillis(milliseconds))).isEqualTo(shown);
  }

  @Test
  void roundsInARowAreShownAsARange() {
    assertThat(Absences.ranges(List.of(1, 3, 4, 5, 12))).isEqualTo("1, 3–5, 12");
  }
}
