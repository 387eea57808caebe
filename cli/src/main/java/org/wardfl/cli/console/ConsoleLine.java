package org.wardfl.cli.console;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.wardfl.cli.ExitCode;
import picocli.CommandLine;

/// One line that somebody typed, as commands.
///
/// @param commands what can be run
/// @param out for answers
record ConsoleLine(CommandLine commands, PrintWriter out) {

  /// Words of the console itself.
  static final List<String> OWN = List.of("bye", "exit", "help", "quit");

  private static final Set<String> END = Set.of("bye", "exit", "quit");
  private static final Set<String> LASTING = Set.of("server", "client", "console");

  /// Whether these words end the console.
  static boolean isEnd(List<String> words) {
    return words.size() == 1 && END.contains(words.getFirst());
  }

  /// Runs it.
  ///
  /// @return the exit code
  int run(List<String> typed) {
    var words = new ArrayList<>(typed);
    if (words.getFirst().equals("ward")) {
      words.removeFirst();
    }
    if (words.isEmpty() || words.getFirst().equals("help") || words.getFirst().equals("?")) {
      return help(words.subList(Math.min(1, words.size()), words.size()));
    }
    if (LASTING.contains(words.getFirst())) {
      return wrong(
          "'ward "
              + words.getFirst()
              + "' lasts; run it outside the console, in a terminal of its own");
    }
    if (!FlareWords.has(words.getFirst())) {
      return commands.execute(words.toArray(String[]::new));
    }
    return switch (FlareWords.of(words)) {
      case FlareWords.Explained(var sentence) -> {
        out.println(words.getFirst() + ": " + sentence);
        out.flush();
        yield ExitCode.DONE.code();
      }
      case FlareWords.Ours ours -> run(ours, words);
    };
  }

  private int run(FlareWords.Ours ours, List<String> words) {
    int code = ExitCode.DONE.code();
    for (var command : ours.commands()) {
      var all = new ArrayList<>(command);
      // FLARE names a target after the job, such as `server`; Ward shows all of them.
      all.addAll(words.subList(1, Math.min(words.size(), 1 + ours.takes())));
      if (!exists(command)) {
        return wrong("this version of Ward has no '" + String.join(" ", command) + "'");
      }
      out.println("= " + String.join(" ", all));
      out.flush();
      code = commands.execute(all.toArray(String[]::new));
    }
    return code;
  }

  private boolean exists(List<String> command) {
    var at = commands;
    for (var word : command) {
      if (word.startsWith("-") || at.getSubcommands().isEmpty()) {
        break;
      }
      var next = at.getSubcommands().get(word);
      if (next == null) {
        return false;
      }
      at = next;
    }
    return true;
  }

  private int help(List<String> of) {
    if (of.isEmpty()) {
      commands.usage(out);
      out.println("Words of FLARE's console work too: " + String.join(", ", FlareWords.words()));
      out.println("End with bye, or Ctrl-D.");
      out.flush();
      return ExitCode.DONE.code();
    }
    if (FlareWords.has(of.getFirst())) {
      out.println(
          switch (FlareWords.of(of.getFirst())) {
            case FlareWords.Explained(var sentence) -> of.getFirst() + ": " + sentence;
            case FlareWords.Ours ours ->
                of.getFirst()
                    + " is: "
                    + String.join(
                        ", then ",
                        ours.commands().stream().map(one -> String.join(" ", one)).toList());
          });
      out.flush();
      return ExitCode.DONE.code();
    }
    var words = new ArrayList<>(of);
    words.add("--help");
    return commands.execute(words.toArray(String[]::new));
  }

  private int wrong(String sentence) {
    commands.getErr().println("ward: " + sentence);
    commands.getErr().flush();
    return ExitCode.WRONG_INPUT.code();
  }
}
