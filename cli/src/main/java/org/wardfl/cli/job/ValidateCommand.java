package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job validate`.
@Command(
    name = "validate",
    mixinStandardHelpOptions = true,
    description = {
      "Check a job folder as 'ward job submit' does, and send nothing.",
      "Lists the files that would leave this machine; data/ never does."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job validate examples/breast-cancer --sites site-1,site-2,site-3,site-4")
final class ValidateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "The job folder: job.yaml and what it names.")
  private Path folder;

  @Option(
      names = "--sites",
      paramLabel = "a,b",
      split = ",",
      hideParamSyntax = true,
      description = "The sites of the federation. Default: those that the job names.")
  private @Nullable List<String> sites;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ValidateCommand() {}

  @Override
  public Integer call() {
    try {
      var file = new JobFile(folder, AlgorithmCatalog.installed());
      var job = file.read(known(file), OptionalLong.empty());
      tell(job, JobPackage.contents(folder, job));
      return ExitCode.DONE.code();
    } catch (JobFileException | JobPackageException | IllegalArgumentException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.FAILED, "a file could not be read: " + e.getMessage(), e);
    }
  }

  private SortedSet<SiteName> known(JobFile file) throws JobFileException, IOException {
    if (sites == null) {
      var named = file.namedSites();
      if (named.isEmpty()) {
        throw new CommandException(
            ExitCode.WRONG_INPUT,
            "the job is for all sites; name those of the federation with --sites a,b");
      }
      return named;
    }
    var known = new TreeSet<SiteName>();
    sites.forEach(site -> known.add(new SiteName(site)));
    return known;
  }

  private void tell(JobDefinition job, List<FileEntry> files) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("name", job.name());
      json.put("sites", job.sites());
      json.put("rounds", job.rounds());
      json.put("algorithm", job.algorithm().type());
      json.put("dataset", job.data().dataset());
      json.put("files", files.stream().map(ValidateCommand::json).toList());
      out.print(Json.document(json));
    } else {
      out.println(
          job.name()
              + ": "
              + job.algorithm().type()
              + ", "
              + job.rounds()
              + " rounds, "
              + job.sites().size()
              + " sites, dataset "
              + (job.data().dataset().isEmpty() ? "none" : job.data().dataset()));
      var table = TextTable.ofWords("file", "bytes", "sha256");
      files.forEach(file -> table.row(file.path(), file.size() + "", file.sha256()));
      out.print(table);
    }
    out.flush();
  }

  private static Map<String, Object> json(FileEntry file) {
    var json = new LinkedHashMap<String, Object>();
    json.put("path", file.path());
    json.put("bytes", file.size());
    json.put("sha256", file.sha256());
    return json;
  }
}
