package org.wardfl.gpu.table;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.wardfl.algo.AlgoException;

/// A CSV file as text: a header, then rows of as many cells (RFC 4180, UTF-8; cells may be quoted,
/// quotes doubled, line ends LF or CRLF, empty lines skipped).
///
/// Messages name file, line and column, and never a cell's content.
///
/// @param file its name, without the folder
/// @param header the columns' names
/// @param rows the cells
/// @param lines the line of the file on which each row begins, from 1
public record Table(
    String file, List<String> header, List<List<String>> rows, List<Integer> lines) {

  private static final long MAX_BYTES = 1L << 30;
  private static final int MOST_NAMED = 8;
  private static final Set<String> ABSENT = Set.of("", "?", "na", "nan", "null");

  /// Copies.
  public Table {
    header = List.copyOf(header);
    rows = List.copyOf(rows);
    lines = List.copyOf(lines);
  }

  /// Reads a file.
  ///
  /// @throws AlgoException.SiteData if it is not such a file
  public static Table read(Path path) throws AlgoException.SiteData {
    var name = String.valueOf(path.getFileName());
    try {
      if (!Files.isRegularFile(path)) {
        throw new AlgoException.SiteData(name + " is not a file; expected a CSV file");
      }
      if (Files.size(path) > MAX_BYTES) {
        throw new AlgoException.SiteData(name + " has more than 1 GiB; expected a smaller table");
      }
      return new Parser(name, Files.readString(path)).table();
    } catch (CharacterCodingException _) {
      throw new AlgoException.SiteData(name + " is not UTF-8 text");
    } catch (IOException e) {
      throw new AlgoException.SiteData(name + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /// The position of a column.
  ///
  /// @throws AlgoException.SiteData if there is none of that name
  public int column(String name) throws AlgoException.SiteData {
    int column = header.indexOf(name);
    if (column < 0) {
      throw new AlgoException.SiteData(
          file + " has no column `" + name + "`; its header names " + described());
    }
    return column;
  }

  /// The columns for a message: the first and the last of many, where labels mostly stand.
  public String described() {
    return header.size() <= MOST_NAMED
        ? String.join(", ", header)
        : String.join(", ", header.subList(0, MOST_NAMED / 2))
            + ", ... "
            + String.join(", ", header.subList(header.size() - MOST_NAMED / 2, header.size()))
            + " ("
            + header.size()
            + " in all)";
  }

  /// A cell without the blanks around it.
  public String cell(int row, int column) {
    return rows.get(row).get(column).strip();
  }

  /// A cell as a finite decimal number such as `-1.5e3`, or NaN if it is anything else. Java's own
  /// suffixes and hexadecimal numbers are not for tables: `5d` are five days, or a slip.
  public double number(int row, int column) {
    var text = cell(row, column);
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return Double.NaN;
      }
    }
    try {
      double value = Double.parseDouble(text);
      return Double.isFinite(value) ? value : Double.NaN;
    } catch (NumberFormatException _) {
      return Double.NaN;
    }
  }

  /// Whether a cell says nothing: it is empty, or `NA`, `NaN`, `null` or `?`.
  public boolean isAbsent(int row, int column) {
    return ABSENT.contains(cell(row, column).toLowerCase(Locale.ROOT));
  }

  /// A complaint about one cell.
  public AlgoException.SiteData bad(int row, int column, String what) {
    return new AlgoException.SiteData(
        file + ", line " + lines.get(row) + ", column `" + header.get(column) + "`: " + what);
  }

  /// One pass over the text.
  private static final class Parser {

    private final String file;
    private final String text;
    private int at;
    private int line = 1;

    Parser(String file, String text) {
      this.file = file;
      this.text = text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    Table table() throws AlgoException.SiteData {
      var rows = new ArrayList<List<String>>();
      var lines = new ArrayList<Integer>();
      while (at < text.length()) {
        int begins = line;
        var row = row();
        if (row.size() == 1 && row.getFirst().isBlank()) {
          continue;
        }
        if (!rows.isEmpty() && row.size() != rows.getFirst().size()) {
          throw new AlgoException.SiteData(
              file
                  + ", line "
                  + begins
                  + ": "
                  + row.size()
                  + " cells, expected "
                  + rows.getFirst().size()
                  + " as in the header");
        }
        rows.add(row);
        lines.add(begins);
      }
      if (rows.isEmpty()) {
        throw new AlgoException.SiteData(file + " is empty; expected a header and rows");
      }
      var header = rows.getFirst().stream().map(String::strip).toList();
      var seen = new HashSet<String>();
      for (var name : header) {
        if (name.isEmpty() || !seen.add(name)) {
          throw new AlgoException.SiteData(
              file
                  + ", line "
                  + lines.getFirst()
                  + ": "
                  + (name.isEmpty() ? "a column without a name" : "two columns `" + name + "`"));
        }
      }
      return new Table(file, header, rows.subList(1, rows.size()), lines.subList(1, lines.size()));
    }

    private List<String> row() throws AlgoException.SiteData {
      var cells = new ArrayList<String>();
      while (true) {
        cells.add(at < text.length() && text.charAt(at) == '"' ? quoted() : plain());
        if (at < text.length() && text.charAt(at) == ',') {
          at++;
          continue;
        }
        endLine();
        return cells;
      }
    }

    private String plain() {
      int begin = at;
      while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(begin, at);
    }

    private String quoted() throws AlgoException.SiteData {
      int begins = line;
      var cell = new StringBuilder();
      at++;
      while (true) {
        if (at >= text.length()) {
          throw new AlgoException.SiteData(
              file + ", line " + begins + ": a quotation mark is never closed");
        }
        char c = text.charAt(at++);
        if (c == '"') {
          if (at >= text.length() || text.charAt(at) != '"') {
            break;
          }
          at++;
        } else if (c == '\n') {
          line++;
        }
        cell.append(c);
      }
      if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
        throw new AlgoException.SiteData(
            file + ", line " + line + ": text after a closing quotation mark");
      }
      return cell.toString();
    }

    private void endLine() {
      if (at < text.length() && text.charAt(at) == '\r') {
        at++;
      }
      if (at < text.length() && text.charAt(at) == '\n') {
        at++;
      }
      line++;
    }
  }
}
