package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.yaml.YamlException;
import picocli.CommandLine.Model.CommandSpec;

/// What a command answers, in both forms.
///
/// @param code how the command ends
/// @param lines for people
/// @param document for scripts
/// @param warnings for people, on standard error
record Answer(
    ExitCode code, List<String> lines, Map<String, Object> document, List<String> warnings) {

  Answer {
    lines = List.copyOf(lines);
    warnings = List.copyOf(warnings);
  }

  /// Done, without warnings.
  static Answer done(List<String> lines, Map<String, Object> document) {
    return new Answer(ExitCode.DONE, lines, document, List.of());
  }

  /// Work that may be refused.
  ///
  /// @param <T> what comes of it
  interface Work<T> {
    T run() throws KitException, YamlException, IdentityException, IOException;
  }

  /// Does the work and prints the answer.
  static int print(CommandSpec spec, CommonOptions common, Work<Answer> work) {
    var answer = orFail(work);
    var err = spec.commandLine().getErr();
    answer.warnings.forEach(warning -> err.println("note: " + warning));
    err.flush();
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(answer.document));
    } else {
      answer.lines.forEach(out::println);
    }
    out.flush();
    return answer.code.code();
  }

  /// Does the work, and gives failures their exit codes.
  static <T> T orFail(Work<T> work) {
    try {
      return work.run();
    } catch (KitException | YamlException | IdentityException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (NoSuchFileException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, e.getFile() + " does not exist; check the path", e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED,
          reason(e) + "; what was there before is as it was. When this is mended, run it again",
          e);
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> denied.getFile() + " may not be read or written";
      case FileSystemException file when file.getReason() != null ->
          file.getFile() + ": " + file.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
