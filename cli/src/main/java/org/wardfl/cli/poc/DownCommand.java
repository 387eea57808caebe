package org.wardfl.cli.poc;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward poc down`.
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = {
      "End all processes of the federation and delete its folder: kits, keys, jobs, results, logs.",
      "Download what you want to keep before. The data of the sites is not touched."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward poc down")
final class DownCommand implements Callable<Integer> {

  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Mixin private PocOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  DownCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var folder = options.folder();
    try {
      boolean there = Files.exists(folder.path());
      var ended = there ? end(folder) : Set.<String>of();
      tell(folder, there, ended);
      return ExitCode.DONE.code();
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED,
          "not all of " + folder.path() + " could be deleted: " + e + "; run it again",
          e);
    }
  }

  private static Set<String> end(PocFolder folder) throws IOException, InterruptedException {
    folder.requireOurs();
    try (var _ = folder.lock()) {
      var ended = new PocProcesses(folder).stop(PATIENCE);
      folder.delete();
      return ended;
    }
  }

  private void tell(PocFolder folder, boolean there, Set<String> ended) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("folder", folder.path());
      json.put("deleted", there);
      json.put("ended", ended);
      out.print(Json.document(json));
    } else if (there) {
      out.println("down: " + ended.size() + " processes ended, " + folder.path() + " deleted");
    } else {
      out.println("there is no federation in " + folder.path());
    }
    out.flush();
  }
}
