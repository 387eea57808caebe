package org.wardfl.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SortingNetworkTest {

  /// What sorts every sequence of zeros and ones sorts everything (Knuth, volume 3, theorem Z).
  @Test
  void itSortsWhateverThereIs() {
    for (int values = 1; values <= 12; values++) {
      var network = SortingNetwork.of(values, 0, values);
      for (int bits = 0; bits < 1 << values; bits++) {
        var sorted = apply(network, values, bits);
        for (int i = 1; i < values; i++) {
          assertThat(sorted[i])
              .as("%d values, %x", values, bits)
              .isGreaterThanOrEqualTo(sorted[i - 1]);
        }
      }
    }
  }

  @Test
  void theWantedRanksAreRightWithFewerComparisons() {
    for (int values = 3; values <= 12; values++) {
      int middle = values / 2;
      var part = SortingNetwork.of(values, middle, middle + 1);
      for (int bits = 0; bits < 1 << values; bits++) {
        assertThat(apply(part, values, bits)[middle])
            .isEqualTo(Integer.bitCount(bits) >= values - middle ? 1 : 0);
      }
      assertThat(part.comparisons().size())
          .isLessThanOrEqualTo(SortingNetwork.of(values, 0, values).comparisons().size());
    }
    // 19 for all of eight; the two in the middle need fewer.
    assertThat(SortingNetwork.of(8, 0, 8).comparisons()).hasSize(19);
    assertThat(SortingNetwork.of(8, 3, 5).comparisons().size()).isLessThan(19);
  }

  private static int[] apply(SortingNetwork network, int values, int bits) {
    var array = new int[values];
    Arrays.setAll(array, i -> bits >> i & 1);
    for (var comparison : network.comparisons()) {
      int low = Math.min(array[comparison.low()], array[comparison.high()]);
      int high = Math.max(array[comparison.low()], array[comparison.high()]);
      array[comparison.low()] = low;
      array[comparison.high()] = high;
    }
    return array;
  }
}
