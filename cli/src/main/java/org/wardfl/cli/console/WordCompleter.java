package org.wardfl.cli.console;

import java.util.List;
import org.jline.builtins.Completers.FileNameCompleter;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import picocli.CommandLine;

/// Completes commands, their options, job ids, site names, and files.
///
/// @param commands what the console runs
/// @param names of jobs and sites
record WordCompleter(CommandLine commands, Names names) implements Completer {

  private static final FileNameCompleter FILES = new FileNameCompleter();

  @Override
  public void complete(LineReader reader, ParsedLine line, List<Candidate> candidates) {
    var before = line.words().subList(0, line.wordIndex());
    if (before.isEmpty()) {
      commands.getSubcommands().keySet().forEach(word -> add(candidates, word, "Ward"));
      FlareWords.words().forEach(word -> add(candidates, word, "FLARE"));
      ConsoleLine.OWN.forEach(word -> add(candidates, word, "console"));
      return;
    }
    if (FlareWords.has(before.getFirst())) {
      if (FlareWords.of(before.getFirst()) instanceof FlareWords.Ours ours) {
        arguments(ours.commands().getLast(), reader, line, candidates);
      }
      return;
    }
    var at = commands;
    for (var word : before) {
      var next = at.getSubcommands().get(word);
      if (next == null) {
        break;
      }
      at = next;
    }
    at.getSubcommands().keySet().forEach(word -> add(candidates, word, ""));
    if (line.word().startsWith("-")) {
      for (var option : at.getCommandSpec().options()) {
        if (!option.hidden()) {
          add(candidates, option.longestName(), String.join(" ", option.description()));
        }
      }
      return;
    }
    if (at.getSubcommands().isEmpty()) {
      arguments(before, reader, line, candidates);
    }
  }

  /// What a command is about: a job, a site, or a file.
  private void arguments(
      List<String> command, LineReader reader, ParsedLine line, List<Candidate> candidates) {
    var words = String.join(" ", command);
    if (words.startsWith("sites ")) {
      names.sites().forEach(site -> add(candidates, site, ""));
    } else if (words.matches("job (show|wait|logs|abort|clone|delete|download)\\b.*")) {
      names.jobs().forEach(job -> add(candidates, job.id(), job.name()));
    } else {
      FILES.complete(reader, line, candidates);
    }
  }

  private static void add(List<Candidate> candidates, String word, String description) {
    candidates.add(
        new Candidate(
            word, word, null, description.isEmpty() ? null : description, null, null, true));
  }
}
