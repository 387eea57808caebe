package org.wardfl.algo.convert;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

/// Whether a code of TorchScript has the mode of a layer written down: as `torch.jit.trace` saw it
/// while an example ran through, where `torch.jit.script` asks the module's attribute `training`.
///
/// Goes through the code once, whatever it holds.
final class RecordedModes {

  private static final String LIBRARY = "torch.";
  // Only a trace has this operator, whose further arguments were settings of the machine.
  private static final String CONVOLUTION = "_convolution";
  // Operators that do something else in training, by the place of that argument.
  private static final Map<String, Integer> MODES =
      Map.ofEntries(
          Map.entry("batch_norm", 5),
          Map.entry("dropout", 2),
          Map.entry("dropout_", 2),
          Map.entry("alpha_dropout", 2),
          Map.entry("alpha_dropout_", 2),
          Map.entry("feature_dropout", 2),
          Map.entry("feature_dropout_", 2),
          Map.entry("feature_alpha_dropout", 2),
          Map.entry("feature_alpha_dropout_", 2));
  private static final int LONGEST_NAME = 30;

  private final String code;
  private final Deque<Open> open = new ArrayDeque<>();
  private boolean found;

  /// A bracket that is open.
  ///
  /// @param mode the place of the argument that is looked at; -1 for none
  private record Open(int mode, int argument, int from) {}

  private RecordedModes(String code) {
    this.code = code;
  }

  static boolean in(String code) {
    return new RecordedModes(code).search();
  }

  private boolean search() {
    for (int at = 0; at < code.length() && !found; at++) {
      switch (code.charAt(at)) {
        case '"' -> at = endOfText(at);
        case '(' -> open.push(new Open(modeOf(at), 0, at + 1));
        case '[' -> open.push(new Open(-1, 0, at + 1));
        case ',' -> {
          if (!open.isEmpty()) {
            var one = open.pop();
            look(one, at);
            open.push(new Open(one.mode(), one.argument() + 1, at + 1));
          }
        }
        case ')', ']' -> {
          if (!open.isEmpty()) {
            look(open.pop(), at);
          }
        }
        default -> {}
      }
    }
    return found;
  }

  private int endOfText(int from) {
    int at = from + 1;
    while (at < code.length() && code.charAt(at) != '"') {
      at += code.charAt(at) == '\\' ? 2 : 1;
    }
    return at;
  }

  private int modeOf(int bracket) {
    int from = bracket;
    while (from > 0
        && bracket - from < LONGEST_NAME
        && isName(code.charAt(from - 1))
        && code.charAt(from - 1) != '.') {
      from--;
    }
    int library = from - LIBRARY.length();
    if (!code.startsWith(LIBRARY, library) || (library > 0 && isName(code.charAt(library - 1)))) {
      return -1;
    }
    var name = code.substring(from, bracket);
    found |= name.equals(CONVOLUTION);
    return MODES.getOrDefault(name, -1);
  }

  private static boolean isName(char c) {
    return c == '.' || Character.isJavaIdentifierPart(c);
  }

  private void look(Open call, int end) {
    if (call.argument() == call.mode() && end - call.from() <= LONGEST_NAME) {
      var argument = code.substring(call.from(), end).strip();
      found |= argument.equals("True") || argument.equals("False");
    }
  }
}
