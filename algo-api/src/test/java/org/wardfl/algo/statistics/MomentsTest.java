package org.wardfl.algo.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MomentsTest {

  @Test
  void fourNumbersByHand() {
    var moments = Moments.of(1, 2, 3, 6);
    assertThat(moments).isEqualTo(new Moments(4, 12, 14));
    assertThat(moments.mean()).isEqualTo(3);
    assertThat(moments.deviation()).isEqualTo(Math.sqrt(14 / 3.0));
  }

  @Test
  void ofNothingThereIsNoMean() {
    assertThat(Moments.of()).isEqualTo(Moments.NONE);
    assertThat(Moments.NONE.mean()).isNaN();
    assertThat(Moments.of(5).deviation()).isNaN();
    assertThat(Moments.NONE.and(Moments.of(5))).isEqualTo(Moments.of(5));
    assertThat(Moments.of(5).and(Moments.NONE)).isEqualTo(Moments.of(5));
  }

  @Test
  void partsPutTogetherAreTheWhole() {
    var random = new Random(3);
    // A large mean and a small deviation, where sums of squares would lose every digit.
    var values = random.doubles(1000).map(value -> 1e9 + value).toArray();
    var whole = Moments.of(values);
    var parts = Moments.NONE;
    for (int from = 0; from < values.length; from += 137) {
      parts =
          parts.and(
              Moments.of(Arrays.copyOfRange(values, from, Math.min(values.length, from + 137))));
    }
    assertThat(parts.count()).isEqualTo(whole.count());
    // A rounding error for each part.
    assertThat(parts.sum()).isCloseTo(whole.sum(), within(1e-15 * 8 * whole.sum()));
    // The deviation is 3e-10 of the mean, of which float64 keeps 1e-16.
    assertThat(parts.deviation()).isCloseTo(whole.deviation(), within(1e-6 * whole.deviation()));
  }

  @Test
  void smallNumbersBesideALargeOneAreNotLost() {
    var values = new double[1001];
    Arrays.fill(values, 1, 1001, 1);
    values[0] = 1e16;
    assertThat(Moments.of(values).sum()).isEqualTo(1e16 + 1000);
  }

  @Test
  void whatCannotBeAddedUpIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Moments.of(Double.MAX_VALUE, Double.MAX_VALUE));
    assertThatIllegalArgumentException().isThrownBy(() -> new Moments(-1, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> new Moments(1, 0, -1));
  }
}
