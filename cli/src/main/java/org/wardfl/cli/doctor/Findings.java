package org.wardfl.cli.doctor;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What the checks found, in their order.
final class Findings {

  private final List<Finding> all = new ArrayList<>();

  /// How a check ended.
  enum State {
    /// As it should be.
    OK,
    /// Nothing is wrong, but somebody may expect otherwise.
    NOTE,
    /// Something does not work; the sentence says what to do.
    FAILED,
    /// Not tried, because of an earlier failure.
    SKIPPED
  }

  /// One line.
  ///
  /// @param check what was looked at
  /// @param sentence what was found, and what to do if it is wrong
  record Finding(String check, State state, String sentence) {

    Map<String, Object> json() {
      var json = new LinkedHashMap<String, Object>();
      json.put("check", check);
      json.put("state", state.name().toLowerCase(Locale.ROOT));
      json.put("sentence", sentence);
      return json;
    }
  }

  void ok(String check, String sentence) {
    all.add(new Finding(check, State.OK, sentence));
  }

  void note(String check, String sentence) {
    all.add(new Finding(check, State.NOTE, sentence));
  }

  void failed(String check, String sentence) {
    all.add(new Finding(check, State.FAILED, sentence));
  }

  void skipped(String check, String reason) {
    all.add(new Finding(check, State.SKIPPED, reason));
  }

  List<Finding> all() {
    return List.copyOf(all);
  }

  boolean hasFailed(String check) {
    return all.stream()
        .anyMatch(finding -> finding.check.equals(check) && finding.state == State.FAILED);
  }

  boolean isAllWell() {
    return all.stream().noneMatch(finding -> finding.state == State.FAILED);
  }
}
