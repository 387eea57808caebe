package org.wardfl.cli.job;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.ArrayList;
import org.wardfl.cli.TextTable;

/// A job's report, for people.
record JobView(JsonObject report) {

  static JobView of(String json) {
    return new JobView(JsonParser.parseString(json).getAsJsonObject());
  }

  boolean isCompleted() {
    return text("status").equals("COMPLETED");
  }

  /// One line for a terminal that scrolls.
  String line() {
    var waiting = text("waiting");
    return text("name")
        + ": "
        + text("status")
        + (waiting.isEmpty() ? "" : " (" + waiting + ")")
        + ", round "
        + text("round")
        + " of "
        + text("rounds");
  }

  /// Everything.
  String text() {
    var lines = new ArrayList<String>();
    lines.add(line());
    lines.add("id         " + text("id"));
    lines.add("submitted  " + text("submitted") + " by " + text("submitter"));
    if (!text("finished").isEmpty()) {
      lines.add("finished   " + text("finished"));
    }
    if (report.get("failure") instanceof JsonObject failure) {
      var site = text(failure, "site");
      lines.add(
          "failure    "
              + (site.isEmpty() ? "" : site + ", ")
              + text(failure, "phase")
              + ": "
              + text(failure, "reason"));
    }
    if (report.get("model") instanceof JsonObject model) {
      lines.add("model      " + text(model, "sha256"));
    }
    if (report.get("metrics") instanceof JsonObject metrics && !metrics.isEmpty()) {
      var values = new ArrayList<String>();
      metrics.entrySet().forEach(entry -> values.add(entry.getKey() + " " + entry.getValue()));
      lines.add("metrics    " + String.join(", ", values));
    }
    lines.add("");
    return String.join("\n", lines) + "\n" + sites();
  }

  private String sites() {
    var table = TextTable.ofWords("site", "state", "detail");
    for (var element : report.getAsJsonArray("sites")) {
      var site = element.getAsJsonObject();
      table.row(text(site, "name"), text(site, "state"), text(site, "detail"));
    }
    return table.toString();
  }

  private String text(String key) {
    return text(report, key);
  }

  private static String text(JsonObject object, String key) {
    JsonElement value = object.get(key);
    return value == null || value.isJsonNull() ? "" : value.getAsString();
  }
}
