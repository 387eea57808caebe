package org.wardfl.algo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SeedTest {

  /// Computed by Python's `hmac` from the definition; a change would change every job's result.
  @ParameterizedTest
  @CsvSource({
    "42, 3, site-1, shuffle, -8697487684563129135",
    "0, 0, '', init, 3942947204779403261",
    "-1, 1, Universität, noise, 4697690733014782499"
  })
  void seedsAreThoseOfTheDefinition(
      long jobSeed, int round, String site, String purpose, long expected) {
    assertThat(Seed.derive(jobSeed, round, site, purpose)).isEqualTo(expected);
  }

  @Test
  void everyPartCounts() {
    var seeds = new HashSet<Long>();
    seeds.add(Seed.derive(1, 2, "a", "b"));
    seeds.add(Seed.derive(2, 2, "a", "b"));
    seeds.add(Seed.derive(1, 1, "a", "b"));
    seeds.add(Seed.derive(1, 2, "c", "b"));
    seeds.add(Seed.derive(1, 2, "a", "c"));
    seeds.add(Seed.derive(1, 2, "ab", ""));
    seeds.add(Seed.derive(1, 2, "", "ab"));
    assertThat(seeds).hasSize(7);
  }
}
