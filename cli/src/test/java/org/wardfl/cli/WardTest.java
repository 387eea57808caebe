package org.wardfl.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class WardTest {

  @Test
  void anUnknownCommandIsWrongInputAndGetsASuggestion() {
    var err = new StringWriter();
    int code = Ward.commandLine(false).setErr(new PrintWriter(err)).execute("halp");
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("ward: Unmatched argument at index 0: 'halp'")
        .contains("Did you mean");
  }

  @Test
  void noCommandIsWrongInput() {
    var err = new StringWriter();
    assertThat(Ward.commandLine(false).setErr(new PrintWriter(err)).execute()).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing").contains("Try 'ward --help'");
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    var open = new ArrayDeque<CommandLine>(List.of(Ward.commandLine(false)));
    while (!open.isEmpty()) {
      var line = open.pop();
      open.addAll(line.getSubcommands().values());
      if (line.getCommandSpec().userObject() instanceof CommandLine.HelpCommand) {
        continue;
      }
      var help = line.getUsageMessage();
      assertThat(line.getCommandSpec().usageMessage().description())
          .as("description of " + line.getCommandSpec().qualifiedName())
          .isNotEmpty();
      assertThat(help)
          .as("help of " + line.getCommandSpec().qualifiedName())
          .contains("Example:")
          .contains("--help");
      // An example is a line that can be copied.
      for (var example : line.getCommandSpec().usageMessage().footer()) {
        if (example.startsWith(" ")) {
          assertThat(help.lines()).contains(example);
        }
      }
    }
  }
}
