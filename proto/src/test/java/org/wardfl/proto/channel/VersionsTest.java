package org.wardfl.proto.channel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionsTest {

  @ParameterizedTest
  @CsvSource({
    // server and site of the same version, and of adjacent ones in either direction
    "1, 1, 1, 1, 1",
    "1, 1, 1, 2, 1",
    "1, 2, 1, 1, 1",
    "1, 2, 1, 2, 2",
    "1, 2, 2, 3, 2",
    "2, 3, 1, 2, 2",
    "4, 5, 5, 6, 5",
  })
  void adjacentVersionsWorkTogetherWithTheHighestThatBothSpeak(
      int oldest, int newest, int siteOldest, int siteNewest, int common) {
    var server = new Versions(oldest, newest);
    assertThat(server.common(new Versions(siteOldest, siteNewest))).hasValue(common);
    assertThat(new Versions(siteOldest, siteNewest).common(server)).hasValue(common);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 2, 3, server",
    "2, 3, 1, 1, site",
    "3, 4, 1, 2, site",
    "1, 2, 3, 4, server",
    // no version at all, and a range that is none
    "1, 1, 0, 0, site",
    "1, 1, 2, 1, site",
    "1, 1, -5, 5, site",
  })
  void othersAreToldWhichSideToUpgrade(
      int oldest, int newest, int siteOldest, int siteNewest, String older) {
    var server = new Versions(oldest, newest);
    var site = new Versions(siteOldest, siteNewest);
    assertThat(server.common(site)).isEmpty();
    assertThat(server.refusal(site))
        .isEqualTo(
            "the site speaks versions "
                + siteOldest
                + " to "
                + siteNewest
                + " of the protocol, the server "
                + oldest
                + " to "
                + newest
                + "; upgrade the "
                + older);
  }

  @Test
  void thisSoftwareSpeaksItsOwnVersionAndTheOneBefore() {
    assertThat(Protocol.SPOKEN.newest()).isEqualTo(Protocol.CURRENT);
    assertThat(Protocol.SPOKEN.oldest())
        .isBetween(Math.max(1, Protocol.CURRENT - 1), Protocol.CURRENT);
  }
}
