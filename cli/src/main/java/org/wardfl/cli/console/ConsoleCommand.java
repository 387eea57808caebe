package org.wardfl.cli.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.SyntaxError;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.wardfl.certs.PrivateFile;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward console`.
@Command(
    name = "console",
    mixinStandardHelpOptions = true,
    description = {
      "Type commands one after the other, over one connection to the server: Tab completes commands,"
          + " job ids and sites, the arrow keys bring back earlier lines, Ctrl-C ends what runs,"
          + " Ctrl-D the console.",
      "The names of FLARE's console work too. Without a terminal it reads lines from standard input;"
          + " its exit code is then that of the last one."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward console --kit admin@uni.org")
public final class ConsoleCommand implements Callable<Integer> {

  @Mixin private AdministratorOptions options;

  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ConsoleCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    return options.converse((commands, server, kit) -> {
      try (var terminal = TerminalBuilder.builder().name("ward").dumb(true).build()) {
        return converse(terminal, commands, new Names(server), kit);
      }
    });
  }

  private int converse(Terminal terminal, CommandLine.IFactory open, Names names, Path kit)
      throws IOException {
    var interruption = new Interruption(terminal);
    var commands = commands(terminal, open, interruption);
    var reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("ward")
            .completer(new WordCompleter(commands, names))
            .variable(LineReader.HISTORY_FILE, history(kit))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
    var line = new ConsoleLine(commands, terminal.writer());
    boolean isTyped = !terminal.getType().startsWith(Terminal.TYPE_DUMB);
    int code = ExitCode.DONE.code();
    while (true) {
      try {
        var words = words(reader, reader.readLine(isTyped ? "ward> " : ""));
        if (ConsoleLine.isEnd(words)) {
          break;
        }
        if (!words.isEmpty()) {
          code = interruption.around(() -> line.run(words));
        }
      } catch (UserInterruptException _) {
        // Ctrl-C at the prompt throws away what was typed.
        code = ExitCode.DONE.code();
      } catch (SyntaxError e) {
        code = ExitCode.WRONG_INPUT.code();
        terminal.writer().println("ward: " + e.getMessage());
        terminal.writer().flush();
      } catch (EndOfFileException _) {
        break;
      }
    }
    return isTyped ? ExitCode.DONE.code() : code;
  }

  /// The words of a line, quoted as in a shell.
  private static List<String> words(LineReader reader, String line) {
    return line.isBlank()
        ? List.of()
        : reader.getParser().parse(line, line.length()).words().stream()
            .filter(word -> !word.isEmpty())
            .toList();
  }

  /// The commands of `ward`, over the open connection.
  private CommandLine commands(
      Terminal terminal, CommandLine.IFactory open, Interruption interruption) {
    var root = spec.root().commandLine();
    var commands = new CommandLine(root.getCommand().getClass(), open);
    commands.setCaseInsensitiveEnumValuesAllowed(true);
    commands.setUsageHelpWidth(Math.max(80, terminal.getWidth()));
    commands.setParameterExceptionHandler(root.getParameterExceptionHandler());
    commands.setExecutionExceptionHandler((e, at, parsed) -> {
      if (interruption.happened()) {
        at.getErr().println("stopped; what the server does goes on");
        at.getErr().flush();
        return ExitCode.FAILED.code();
      }
      return root.getExecutionExceptionHandler().handleExecutionException(e, at, parsed);
    });
    // A terminal shows both; without one, answers alone are on standard output.
    if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
      commands.setOut(spec.commandLine().getOut());
      commands.setErr(spec.commandLine().getErr());
    } else {
      commands.setOut(terminal.writer());
      commands.setErr(terminal.writer());
    }
    return commands;
  }

  /// In the kit's own folder `local`, where only its owner can read.
  private static Path history(Path kit) throws IOException {
    var folder = kit.resolve("local");
    PrivateFile.createFolder(folder);
    var file = folder.resolve("console-history");
    if (Files.notExists(file)) {
      PrivateFile.write(file, new byte[0]);
    }
    return file;
  }
}
