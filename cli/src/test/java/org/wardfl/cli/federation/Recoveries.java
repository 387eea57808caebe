package org.wardfl.cli.federation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// How long a job stands still after a process that was killed is back: from the moment in which it
/// says that it is ready to the next answer of a site that the server's audit log has.
///
/// Nothing waits for that answer, so kills hit processes that are still recovering, too; those tell
/// nothing and are left out.
final class Recoveries {

  private static final Pattern DELIVERED =
      Pattern.compile("\"time\":\"([^\"]+)\".*\"action\":\"deliver\",\"object\":\"job ([^ ]+) .*");

  private final List<Absence> absences = new ArrayList<>();

  private record Absence(String job, Instant killed, Instant ready) {}

  void add(String job, Instant killed, Instant ready) {
    absences.add(new Absence(job, killed, ready));
  }

  /// Those that can be told from the server's audit log.
  List<Duration> measured(Path audit) throws IOException {
    var recoveries = new ArrayList<Duration>();
    var answers = new TreeSet<Instant>();
    for (var absence : absences) {
      answers.clear();
      for (var line : Files.readAllLines(audit)) {
        var found = DELIVERED.matcher(line);
        if (found.find() && found.group(2).equals(absence.job)) {
          answers.add(Instant.parse(found.group(1)));
        }
      }
      var next = answers.ceiling(absence.ready);
      if (next != null
          && absences.stream()
              .noneMatch(
                  other -> other.killed.isAfter(absence.ready) && other.killed.isBefore(next))) {
        recoveries.add(Duration.between(absence.ready, next));
      }
    }
    return recoveries;
  }

  /// The longest, in words.
  String longest(Path audit) throws IOException {
    var measured = measured(audit);
    return measured.stream()
        .max(Comparator.naturalOrder())
        .map(longest ->
            "longest recovery "
                + longest.toMillis()
                + " ms after the process was back, of "
                + measured.size()
                + " that could be measured among "
                + absences.size())
        .orElse("no recovery could be measured");
  }
}
