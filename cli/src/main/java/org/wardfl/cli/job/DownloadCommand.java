package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job download`.
@Command(
    name = "download",
    mixinStandardHelpOptions = true,
    description = {
      "Bring the results of a job that has ended: models, metrics, run.json, report.html.",
      "Run again after a cut, it goes on where it stopped; what is here already is not sent again."
    },
    footerHeading = "%nExample:%n",
    footer =
        "  ward job download 019a0000-0000-7000-8000-000000000000 --out results --kit alice@uni.org")
final class DownloadCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the files. Default: a folder named like the job.")
  private @Nullable Path folder;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  DownloadCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var job = jobId();
    var target = folder == null ? Path.of(job.value()) : folder;
    var files = options.ask((server, _) -> download(server, target));
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("id", job);
      json.put("folder", target);
      json.put("files", files.stream().map(DownloadCommand::json).toList());
      out.print(Json.document(json));
    } else {
      files.forEach(file -> out.println(target.resolve(file.name())));
    }
    out.flush();
    return ExitCode.DONE.code();
  }

  // What becomes the name of a folder is checked before.
  private JobId jobId() {
    try {
      return new JobId(id);
    } catch (IllegalArgumentException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, "ID: " + e.getMessage(), e);
    }
  }

  private List<AdminSession.ResultFile> download(AdminSession server, Path target)
      throws LinkException, IOException {
    var files = server.files(id);
    var scratch = target.resolve(".part");
    var done = new ArrayList<AdminSession.ResultFile>();
    Files.createDirectories(scratch);
    for (var file : files) {
      var place = target.resolve(file.name());
      if (!Files.exists(place) || !ModelWriter.hash(place).equals(file.hash())) {
        server.download(id, file, place, scratch);
      }
      done.add(file);
    }
    Files.delete(scratch);
    return done;
  }

  private static Map<String, Object> json(AdminSession.ResultFile file) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", file.name());
    json.put("bytes", file.sizeBytes());
    json.put("sha256", file.hash());
    return json;
  }
}
