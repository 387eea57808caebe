package org.wardfl.provisioning.site;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlScalar;

/// When tasks may begin at a site. One that has begun is finished.
///
/// @param zone whose clock counts
/// @param windows none for always
public record OpeningHours(ZoneId zone, List<Window> windows) {

  /// At any time.
  public static final OpeningHours ALWAYS = new OpeningHours(ZoneId.of("UTC"), List.of());

  private static final String DAY = "(mon|tue|wed|thu|fri|sat|sun)";
  private static final Pattern WINDOW =
      Pattern.compile(
          "(?:daily|" + DAY + "(?:-" + DAY + ")?) +(\\d{2}):(\\d{2})-(\\d{2}):(\\d{2})");
  private static final int DAY_MINUTES = 24 * 60;

  /// Copies.
  public OpeningHours {
    windows = List.copyOf(windows);
  }

  /// One time of the day, on one or several days. It may go beyond midnight, and then belongs to
  /// the day on which it begins.
  ///
  /// @param first the first day
  /// @param last the last day; before the first, the week's end lies between them
  /// @param from minute of the day, 0 to 1439
  /// @param to minute of the day, 1 to 1440, or of the next if it is not after the first
  public record Window(DayOfWeek first, DayOfWeek last, int from, int to) {

    private Optional<Span> on(LocalDate date, ZoneId zone) {
      int after = Math.floorMod(date.getDayOfWeek().getValue() - first.getValue(), 7);
      if (after > Math.floorMod(last.getValue() - first.getValue(), 7)) {
        return Optional.empty();
      }
      return Optional.of(
          new Span(at(date, from, zone), at(date, to > from ? to : to + DAY_MINUTES, zone)));
    }

    private static Instant at(LocalDate date, int minute, ZoneId zone) {
      return ZonedDateTime.of(
              date.plusDays(minute / DAY_MINUTES),
              LocalTime.MIDNIGHT.plusMinutes(minute % DAY_MINUTES),
              zone)
          .toInstant();
    }
  }

  private record Span(Instant from, Instant to) {}

  /// Whether tasks may begin now.
  public boolean isOpen(Instant now) {
    return windows.isEmpty()
        || spans(now).anyMatch(span -> !now.isBefore(span.from()) && now.isBefore(span.to()));
  }

  /// How long until tasks may begin; zero if they may.
  public Duration untilOpen(Instant now) {
    if (isOpen(now)) {
      return Duration.ZERO;
    }
    return spans(now)
        .map(Span::from)
        .filter(from -> from.isAfter(now))
        .min(Comparator.naturalOrder())
        .map(from -> Duration.between(now, from))
        .orElseThrow(() -> new IllegalStateException("each window comes once a week"));
  }

  /// When tasks may begin next, with the zone: `Mon 19:00 Europe/Berlin`.
  public String nextOpening(Instant now) {
    return now.plus(untilOpen(now))
            .atZone(zone)
            .format(DateTimeFormatter.ofPattern("EEE HH:mm", Locale.ROOT))
        + " "
        + zone;
  }

  /// From yesterday, whose last window may last until now, to this day in a week.
  private Stream<Span> spans(Instant now) {
    var today = now.atZone(zone).toLocalDate();
    return today
        .minusDays(1)
        .datesUntil(today.plusDays(8))
        .flatMap(date -> windows.stream().flatMap(window -> window.on(date, zone).stream()));
  }

  static OpeningHours read(YamlMapping root) throws YamlException {
    if (!root.has("hours")
        || (root.node("hours") instanceof YamlScalar word && word.text().equals("always"))) {
      return ALWAYS;
    }
    if (!(root.node("hours") instanceof YamlMapping hours)) {
      throw root.error(
          "hours",
          "found "
              + root.node("hours").described()
              + ", expected always or {zone: Europe/Berlin, open: [daily 19:00-07:00]}");
    }
    hours.only("zone", "open");
    var texts = hours.strings("open");
    if (texts.isEmpty()) {
      throw hours.error("open", "an empty list; write own hours, or hours: always");
    }
    var windows = new ArrayList<Window>();
    for (var text : texts) {
      windows.add(window(hours, text));
    }
    return new OpeningHours(zone(hours), windows);
  }

  private static ZoneId zone(YamlMapping hours) throws YamlException {
    try {
      return ZoneId.of(hours.string("zone"));
    } catch (DateTimeException _) {
      throw hours.error(
          "zone", "found '" + hours.string("zone") + "', expected a zone such as Europe/Berlin");
    }
  }

  private static Window window(YamlMapping hours, String text) throws YamlException {
    var match = WINDOW.matcher(text);
    if (match.matches()) {
      int from = minute(match, 3);
      int to = minute(match, 5);
      if (from >= 0 && from < DAY_MINUTES && to >= 0 && from != to) {
        return new Window(
            day(match.group(1), DayOfWeek.MONDAY),
            day(match.group(2), match.group(1) == null ? DayOfWeek.SUNDAY : day(match.group(1))),
            from,
            to);
      }
    }
    throw hours.error(
        "open", "found '" + text + "', expected such as mon-fri 19:00-07:00 or daily 00:00-24:00");
  }

  private static int minute(Matcher match, int group) {
    int hour = Integer.parseInt(match.group(group));
    int minute = Integer.parseInt(match.group(group + 1));
    return minute > 59 || hour * 60 + minute > DAY_MINUTES ? -1 : hour * 60 + minute;
  }

  private static DayOfWeek day(@Nullable String word, DayOfWeek standard) {
    return word == null ? standard : day(word);
  }

  private static DayOfWeek day(String word) {
    return Stream.of(DayOfWeek.values())
        .filter(day -> day.getDisplayName(TextStyle.SHORT, Locale.ROOT).equalsIgnoreCase(word))
        .findFirst()
        .orElseThrow();
  }
}
