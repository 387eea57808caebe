package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.client.flare.FlareJob;
import org.wardfl.client.flare.FlareJobException;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job import`.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Turn a job folder of NVIDIA FLARE 2.2 into one of Ward's: ScatterAndGather or FedAvg with"
          + " MONAI's ClientAlgo executor, ExcludeVars, PercentilePrivacy.",
      "What cannot be expressed is named, with component and key, and nothing is written then."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job import flare-jobs/spleen --out spleen --dataset spleen-ct")
final class ImportCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FOLDER", description = "The job folder of FLARE's, with meta.json.")
  private Path folder;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "The new job folder; it must not be there yet.")
  private Path out;

  @Option(
      names = "--dataset",
      paramLabel = "NAME",
      description =
          "What the new job names its dataset; FLARE's jobs name none. Default: the job's name.")
  private @Nullable String dataset;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ImportCommand() {}

  @Override
  public Integer call() {
    if (Files.exists(out)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--out: " + out + " is there already; name a new folder");
    }
    try {
      var job = FlareJob.read(folder, Optional.ofNullable(dataset));
      tell(job, write(job));
      return ExitCode.DONE.code();
    } catch (FlareJobException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, sentence(e), e);
    } catch (JobFileException e) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "the job that this would become is refused: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, "a file could not be read or written: " + e.getMessage(), e);
    }
  }

  private String sentence(FlareJobException e) {
    var obstacles = e.obstacles();
    return obstacles.size() == 1
        ? folder + " cannot be imported: " + obstacles.getFirst()
        : folder
            + " cannot be imported, for "
            + obstacles.size()
            + " reasons:\n  "
            + String.join("\n  ", obstacles);
  }

  /// Beside its place, and moved there once it is known to be a job.
  private JobDefinition write(FlareJob job) throws JobFileException, IOException {
    var parent = out.toAbsolutePath().normalize().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--out: there is no folder " + parent + "; make it first");
    }
    try (var scratch = new ScratchFolder(parent)) {
      var made = scratch.resolve("job");
      job.write(made);
      var file = new JobFile(made, AlgorithmCatalog.installed());
      var definition = file.read(sites(file), OptionalLong.empty());
      Files.move(made, out, StandardCopyOption.ATOMIC_MOVE);
      return definition;
    }
  }

  /// Those of the job, or as many as any job needs: which there are is known when it is submitted.
  private static SortedSet<SiteName> sites(JobFile file) throws JobFileException, IOException {
    var named = file.namedSites();
    if (!named.isEmpty()) {
      return named;
    }
    var sites = new TreeSet<SiteName>();
    IntStream.rangeClosed(1, 10_000).forEach(i -> sites.add(new SiteName("site-" + i)));
    return sites;
  }

  private void tell(FlareJob job, JobDefinition definition) {
    var to = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("job", definition.name());
      json.put("folder", out);
      json.put("notes", job.notes());
      to.print(Json.document(json));
    } else {
      to.println(definition.name() + ": " + out.resolve(JobFile.NAME));
      List.copyOf(job.notes()).forEach(note -> to.println("note: " + note));
      to.println("look at it, then: ward job validate " + out);
    }
    to.flush();
  }
}
