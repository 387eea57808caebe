package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.wardfl.server.report.RunReport.Absence;
import org.wardfl.server.report.RunReport.AbsenceKind;

/// What did not count, and why: one line for each site and reason, however many rounds it lasted.
final class Absences {

  private static final int LINES = 200;

  private static final Comparator<Absence> ORDER =
      Comparator.comparing(Absence::site, RunReport.SITES)
          .thenComparing(Absence::kind)
          .thenComparing(Absence::reason);

  private Absences() {}

  /// The word for a kind of absence; also its class in the style sheet.
  static String word(AbsenceKind kind) {
    return switch (kind) {
      case REFUSED -> "refused";
      case FAILED -> "failed";
      case DECLINED -> "declined";
      case LATE -> "late";
    };
  }

  /// Writes the table; nothing if every selected site contributed to every round.
  static void write(Markup page, RunReport run) {
    var lasting = new TreeMap<Absence, List<Integer>>(ORDER);
    for (var round : Stream.concat(run.rounds().stream(), run.others().stream()).toList()) {
      for (var absence : round.absences()) {
        lasting.computeIfAbsent(absence, _ -> new ArrayList<>()).add(round.round());
      }
    }
    if (lasting.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "What did not count");
    if (lasting.size() > LINES) {
      page.element(
          "p",
          "The first "
              + LINES
              + " of "
              + Display.count(lasting.size())
              + " reasons; all are in run.json.",
          "class",
          "note");
    }
    page.open("div", "class", "scroll", "tabindex", "0").open("table", "class", "reasons");
    page.open("thead").open("tr");
    for (var heading : List.of("Site", "Rounds", "What", "Why")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    lasting.entrySet().stream()
        .limit(LINES)
        .forEach(entry -> {
          var absence = entry.getKey();
          page.open("tr").element("th", absence.site().value(), "scope", "row");
          page.element("td", ranges(entry.getValue()));
          page.open("td")
              .element("span", word(absence.kind()), "class", "tag " + word(absence.kind()));
          page.close().element("td", absence.reason()).close();
        });
    page.close().close().close().close();
  }

  /// Such as `1, 3–7, 12`.
  static String ranges(List<Integer> ascending) {
    var text = new StringBuilder();
    for (int i = 0; i < ascending.size(); ) {
      int end = i;
      while (end + 1 < ascending.size() && ascending.get(end + 1) == ascending.get(end) + 1) {
        end++;
      }
      text.append(text.isEmpty() ? "" : ", ").append(ascending.get(i));
      if (end > i) {
        text.append('–').append(ascending.get(end));
      }
      i = end + 1;
    }
    return text.toString();
  }
}
