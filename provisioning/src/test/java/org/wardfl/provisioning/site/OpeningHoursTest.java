package org.wardfl.provisioning.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

class OpeningHoursTest {

  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  // 2026-03-02 is a Monday.
  @ParameterizedTest
  @CsvSource({
    "mon-fri 19:00-07:00,2026-03-02T18:59:59,false",
    "mon-fri 19:00-07:00,2026-03-02T19:00:00,true",
    "mon-fri 19:00-07:00,2026-03-02T06:59:00,false",
    "mon-fri 19:00-07:00,2026-03-03T06:59:59,true",
    "mon-fri 19:00-07:00,2026-03-03T07:00:00,false",
    "mon-fri 19:00-07:00,2026-03-07T06:00:00,true",
    "mon-fri 19:00-07:00,2026-03-07T20:00:00,false",
    "sat-mon 00:00-24:00,2026-03-01T12:00:00,true",
    "sat-mon 00:00-24:00,2026-03-02T23:59:00,true",
    "sat-mon 00:00-24:00,2026-03-03T00:00:00,false",
    "wed 08:00-12:00,2026-03-04T11:59:00,true",
    "wed 08:00-12:00,2026-03-05T11:59:00,false",
    "daily 08:00-12:00,2026-03-05T11:59:00,true",
    "daily 08:00-12:00,2026-03-05T12:00:00,false",
  })
  void tasksBeginInTheWindowsOnly(String window, LocalDateTime time, boolean open)
      throws YamlException {
    assertThat(hours(window).isOpen(time.atZone(BERLIN).toInstant())).isEqualTo(open);
  }

  @Test
  void closedHoursSayWhenTheyEnd() throws YamlException {
    var hours = hours("mon-fri 19:00-07:00");
    var saturday = LocalDateTime.parse("2026-03-07T12:00").atZone(BERLIN).toInstant();
    assertThat(hours.nextOpening(saturday)).isEqualTo("Mon 19:00 Europe/Berlin");
    assertThat(hours.untilOpen(saturday)).isEqualTo(Duration.ofHours(55));
    var monday = LocalDateTime.parse("2026-03-09T20:00").atZone(BERLIN).toInstant();
    assertThat(hours.untilOpen(monday)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aNightWithAnotherClockIsAnHourLonger() throws YamlException {
    // The clock goes back on 2026-10-25 at 3:00.
    var hours = hours("sat 22:00-06:00");
    var start = LocalDateTime.parse("2026-10-24T22:00").atZone(BERLIN).toInstant();
    assertThat(hours.isOpen(start.plus(Duration.ofMinutes(8 * 60 + 59)))).isTrue();
    assertThat(hours.isOpen(start.plus(Duration.ofHours(9)))).isFalse();
  }

  @Test
  void withoutHoursASiteIsOpen() throws YamlException {
    assertThat(OpeningHours.ALWAYS.isOpen(Instant.EPOCH)).isTrue();
    assertThat(policy("hours: always").hours()).isEqualTo(OpeningHours.ALWAYS);
    assertThat(policy("datasets: {}").hours()).isEqualTo(OpeningHours.ALWAYS);
  }

  private static OpeningHours hours(String window) throws YamlException {
    return policy("hours: {zone: Europe/Berlin, open: [" + window + "]}").hours();
  }

  private static SitePolicyFile policy(String text) throws YamlException {
    return SitePolicyFile.of(YamlFile.parse("site.yaml", text), Path.of("/kit"));
  }
}
