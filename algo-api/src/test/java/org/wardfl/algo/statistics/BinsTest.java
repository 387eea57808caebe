package org.wardfl.algo.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class BinsTest {

  @Test
  void everyEdgeLiesInTheBinThatBeginsThere() {
    for (int count : new int[] {1, 3, 7, 10, 999}) {
      var bins = new Bins(-0.1, 0.7, count);
      for (int bin = 0; bin < count; bin++) {
        assertThat(bins.of(bins.edge(bin))).as("edge %s of %s", bin, count).isEqualTo(bin);
        assertThat(bins.of(Math.nextDown(bins.edge(bin + 1)))).isEqualTo(bin);
      }
      assertThat(bins.of(0.7)).isEqualTo(count - 1);
      assertThat(bins.edges()).hasSize(count + 1).endsWith(0.7);
    }
  }

  @Test
  void theLastBinHoldsBothEdges() {
    var counts = new BinCounts(new Bins(0, 3, 3));
    for (double value : new double[] {-1, 0, 0.5, 1, 2, 3, 3.1, Double.NaN}) {
      counts.add(value);
    }
    var histogram = counts.histogram();
    assertThat(histogram.edges()).containsExactly(0.0, 1.0, 2.0, 3.0);
    assertThat(histogram.counts()).containsExactly(2L, 1L, 2L);
    assertThat(histogram.below()).isEqualTo(1);
    assertThat(histogram.above()).isEqualTo(1);
    assertThat(histogram.total()).isEqualTo(7);
  }

  @Test
  void aRangeOfWidthZeroIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Bins(2, 2, 3))
        .withMessage("a range from 2.0 to 2.0, expected a finite one, the smaller end first");
    assertThatIllegalArgumentException().isThrownBy(() -> new Bins(0, Double.NaN, 3));
    assertThatIllegalArgumentException().isThrownBy(() -> new Bins(0, 1, 1001));
  }

  @Test
  void valuesAreDescribedWithoutThoseThatAreMissing() {
    var described =
        FeatureValues.describe(
            "age", "", new double[] {3, Double.NaN, 1, 3, 2}, Optional.of(new Bins(1, 3, 2)));
    assertThat(described.count()).hasValue(4);
    assertThat(described.missing()).hasValue(1);
    assertThat(described.moments()).hasValue(new Moments(4, 9, 2.75));
    assertThat(described.extremes()).hasValue(new Extremes(1, 1, 3, 2));
    assertThat(described.histogram().orElseThrow().counts()).containsExactly(1L, 3L);
  }

  @Test
  void ofMissingValuesOnlyTheNumberIsDescribed() {
    var described =
        FeatureValues.describe("age", "", new double[] {Double.NaN, Double.NaN}, Optional.empty());
    assertThat(described.count()).hasValue(0);
    assertThat(described.missing()).hasValue(2);
    assertThat(described.moments()).isEmpty();
    assertThat(described.extremes()).isEmpty();
  }

  @Test
  void valuesThatCannotBeAddedUpAreSaidToBeSo() {
    var values = new double[] {Double.MAX_VALUE, Double.MAX_VALUE};
    var described = FeatureValues.describe("dose", "", values, Optional.empty());
    assertThat(described.moments()).isEmpty();
    assertThat(described.remarks())
        .extracting(Remark::sentence)
        .containsExactly("the values are too large to be added up");
  }
}
