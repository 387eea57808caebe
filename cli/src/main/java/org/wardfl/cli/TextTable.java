package org.wardfl.cli;

import java.util.ArrayList;
import java.util.List;
import org.wardfl.certs.CertifiedName;

/// Columns of text for people; the first to the left, the others to the right.
public final class TextTable {

  private static final int LONGEST = 1000;

  private final List<List<String>> rows = new ArrayList<>();
  private boolean words;

  /// A table with these headings.
  public TextTable(String... head) {
    rows.add(List.of(head));
  }

  /// A table with these headings.
  public TextTable(List<String> head) {
    rows.add(List.copyOf(head));
  }

  /// A table of words: every column to the left.
  public static TextTable ofWords(String... head) {
    var table = new TextTable(head);
    table.words = true;
    return table;
  }

  /// Adds a row; as many cells as there are headings.
  public void row(String... cells) {
    row(List.of(cells));
  }

  /// Adds a row; as many cells as there are headings.
  public void row(List<String> cells) {
    // Names and sentences come from others, and a terminal obeys what it is sent.
    rows.add(cells.stream().map(cell -> CertifiedName.visible(cell, LONGEST)).toList());
  }

  @Override
  public String toString() {
    var widths = new int[rows.getFirst().size()];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    var text = new StringBuilder();
    for (var row : rows) {
      var line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        var space = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? "" : "  ");
        line.append(i == 0 || words ? row.get(i) + space : space + row.get(i));
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
