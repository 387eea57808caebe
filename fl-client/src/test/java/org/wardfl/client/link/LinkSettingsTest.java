package org.wardfl.client.link;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinkSettingsTest {

  @Test
  void aHalfOpenConnectionLastsAtMostFortySecondsByTheStandardSettings() {
    var standard = LinkSettings.STANDARD;
    assertThat(standard.keepAlive().plus(standard.answer()))
        .isLessThanOrEqualTo(Duration.ofSeconds(40));
    // The server ends connections on which it is asked more often.
    assertThat(standard.keepAlive()).isGreaterThan(Duration.ofSeconds(10));
  }
}
