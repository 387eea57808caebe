package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class ReconnectTest {

  private static final long[] BOUNDS = {200, 400, 800, 1600, 3200, 5000, 5000, 5000};

  /// Draws the largest or the smallest number that was asked for.
  private record Extreme(boolean largest) implements RandomGenerator {
    @Override
    public long nextLong() {
      throw new AssertionError("a bound is expected");
    }

    @Override
    public long nextLong(long bound) {
      return largest ? bound - 1 : 0;
    }
  }

  @Test
  void theBoundDoublesFromTwoTenthsOfASecondToFiveSeconds() {
    var longest = new Reconnect(new Extreme(true));
    var shortest = new Reconnect(new Extreme(false));
    for (long bound : BOUNDS) {
      assertThat(longest.next()).hasMillis(bound);
      assertThat(shortest.next()).hasMillis(0);
    }
  }

  @Test
  void aSessionThatStoodMakesTheNextFailureAFirstOne() {
    var pause = new Reconnect(new Extreme(true));
    for (long bound : BOUNDS) {
      assertThat(pause.next()).hasMillis(bound);
    }
    assertThat(pause.ended(Duration.ofSeconds(9))).isFalse();
    assertThat(pause.next()).hasMillis(5000);
    assertThat(pause.ended(Duration.ofSeconds(10))).isTrue();
    assertThat(pause.next()).hasMillis(200);
  }

  @Test
  void whoWasRefusedForGoodAsksOnceOrTwiceAMinute() {
    assertThat(new Reconnect(new Extreme(true)).afterRefusal()).hasMillis(60_000);
    assertThat(new Reconnect(new Extreme(false)).afterRefusal()).hasMillis(30_000);
  }

  /// A thousand sites that lost their server together spread over the whole pause.
  @Test
  void aThousandSitesComeBackAtDifferentTimes() {
    var random = new Random(7);
    var tenths = new int[10];
    for (int site = 0; site < 1000; site++) {
      var pause = new Reconnect(random);
      var waits = new ArrayList<Long>(List.of());
      for (int attempt = 0; attempt < 7; attempt++) {
        waits.add(pause.next().toMillis());
      }
      tenths[(int) (waits.getLast() * 10 / 5001)]++;
    }
    for (int count : tenths) {
      assertThat(count).isBetween(60, 140);
    }
  }
}
