package org.wardfl.cli.job;

import java.util.LinkedHashMap;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job delete`.
@Command(
    name = "delete",
    mixinStandardHelpOptions = true,
    description = "Delete the results of a job that has ended, and the job from the list.",
    footerHeading = "%nExample:%n",
    footer = "  ward job delete 019a0000-0000-7000-8000-000000000000 --kit alice@uni.org")
final class DeleteCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  DeleteCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    options.ask((server, _) -> {
      server.delete(id);
      return id;
    });
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("id", id);
      json.put("deleted", true);
      out.print(Json.document(json));
    } else {
      out.println("deleted " + id);
    }
    out.flush();
    return ExitCode.DONE.code();
  }
}
