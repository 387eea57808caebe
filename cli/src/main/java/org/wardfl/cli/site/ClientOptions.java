package org.wardfl.cli.site;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.control.ControlClient;
import org.wardfl.client.control.ControlException;
import picocli.CommandLine.Option;

/// Which client on this machine is meant: by its data folder, or by its kit.
final class ClientOptions {

  @Option(
      names = "--kit",
      paramLabel = "DIR",
      defaultValue = "${env:WARD_KIT}",
      description =
          "The site's startup kit, if the client's data lies in it. Default: the environment"
              + " variable WARD_KIT.")
  private @Nullable Path kit;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder that the client was started with. Default: data in the kit.")
  private @Nullable Path data;

  @SuppressWarnings("NullAway.Init")
  ClientOptions() {}

  /// Something that the client is asked.
  interface Question<T> {
    T ask(ControlClient client) throws IOException, ControlException;
  }

  /// Asks the client.
  ///
  /// @throws CommandException if it is not there or refuses
  <T> T ask(Question<T> question) {
    var folder = folder();
    try {
      return question.ask(new ControlClient(folder));
    } catch (ControlException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.NOT_REACHABLE,
          "no client answers in "
              + folder
              + " ("
              + e.getMessage()
              + "); is it running, with this data folder, as this user?",
          e);
    }
  }

  private Path folder() {
    if (data != null) {
      return data;
    }
    if (kit == null) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--data is missing: the folder that the client was started with, or --kit if its data"
              + " lies in its kit");
    }
    return kit.resolve("data");
  }
}
