package org.wardfl.cli.simulate;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.Installation;
import org.wardfl.cli.Version;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.proto.job.JobStatus;
import org.wardfl.proto.json.Json;
import org.wardfl.server.result.RunRecord;
import org.wardfl.simulator.Simulation;
import org.wardfl.simulator.SimulationConfig;
import org.wardfl.simulator.SimulationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward simulate JOB`.
@Command(
    name = "simulate",
    mixinStandardHelpOptions = true,
    description = {
      "Run a job folder with a whole federation on this machine.",
      "The server and the sites are the real ones; only the network between them is left out."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward simulate examples/breast-cancer",
      "  ward simulate examples/custom-algorithm --data examples/breast-cancer/data --threads 2"
    })
public final class SimulateCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "The job folder: job.yaml and what it names.")
  private Path job;

  @Option(
      names = "--sites",
      paramLabel = "N|a,b,c",
      description =
          "How many sites there are (site-1 to site-N), or their names. Default: those that the job"
              + " names, else those that have data.")
  private @Nullable String sites;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with DIR/<site>.csv, or a folder DIR/<site>, for every site. Default: data in the"
              + " job folder.")
  private @Nullable Path data;

  @Option(
      names = "--threads",
      paramLabel = "T",
      description = "How many sites work at once. Default: the number of processors.")
  private @Nullable Integer threads;

  @Option(
      names = "--workspace",
      paramLabel = "DIR",
      defaultValue = "workspace",
      description = "Where the run gets a folder of its own. Default: ${DEFAULT-VALUE}.")
  private Path workspace;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Use this seed instead of the job's own.")
  private @Nullable Long seed;

  @Option(
      names = "--gpus",
      paramLabel = "0,1",
      split = ",",
      hideParamSyntax = true,
      description = "CUDA devices; a task gets as many of them as the job's resources ask for.")
  private @Nullable List<Integer> gpus;

  @Option(
      names = "--job-processes",
      description =
          "Run every algorithm in a process of its own, as hospitals do, also one that could run"
              + " in this process.")
  private boolean processes;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      defaultValue = "python3",
      description =
          "The Python that algorithms in Python run on, 3.9 or later with numpy. Default:"
              + " ${DEFAULT-VALUE} on PATH.")
  private Path python;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public SimulateCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var installation = Installation.current();
    var err = spec.commandLine().getErr();
    try {
      var simulation = Simulation.prepare(config(installation), AlgorithmCatalog.installed());
      var lines = new RoundLines(simulation.job(), err, installation.terminal());
      try (var _ = new Ending(simulation, lines)) {
        var result = run(simulation, lines);
        print(result, err);
        return (result.record().status() == JobStatus.COMPLETED ? ExitCode.DONE : ExitCode.FAILED)
            .code();
      }
    } catch (SimulationException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.FAILED, obstacle(e), e);
    }
  }

  private SimulationConfig config(Installation installation) {
    int processors = Runtime.getRuntime().availableProcessors();
    if (threads != null && threads < 1) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--threads: found " + threads + ", expected at least 1");
    }
    return new SimulationConfig(
        job,
        sites(),
        Optional.ofNullable(data),
        threads == null ? processors : threads,
        workspace,
        seed == null ? OptionalLong.empty() : OptionalLong.of(seed),
        gpus(),
        new SimulationConfig.Processes(
            installation.java(),
            installation.classPath(),
            installation.processOptions(),
            processes,
            python),
        RunRecord.Environment.here(Version.number()));
  }

  private List<Integer> gpus() {
    var devices = gpus == null ? List.<Integer>of() : gpus;
    if (devices.stream().anyMatch(device -> device < 0)
        || Set.copyOf(devices).size() < devices.size()) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "--gpus: found " + devices + ", expected different numbers from 0 on, such as 0,1");
    }
    return devices;
  }

  private SimulationConfig.Sites sites() {
    if (sites == null) {
      return new SimulationConfig.Sites.FromJob();
    }
    if (sites.matches("[0-9]{1,6}")) {
      return new SimulationConfig.Sites.Count(Integer.parseInt(sites));
    }
    return new SimulationConfig.Sites.Named(
        Arrays.stream(sites.split(",", -1)).map(String::strip).toList());
  }

  private static Simulation.Result run(Simulation simulation, RoundLines lines)
      throws IOException, InterruptedException {
    try {
      lines.begin();
      return simulation.run(lines);
    } finally {
      lines.end();
    }
  }

  private void print(Simulation.Result result, PrintWriter err) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      out.print(Json.document(SimulationJson.of(result)));
      ResultTable.printComplaints(result.record(), err);
    } else {
      ResultTable.print(result, out, err);
    }
    out.flush();
    err.flush();
  }

  private String obstacle(IOException e) {
    var reason =
        e instanceof FileSystemException file && file.getReason() != null
            ? file.getReason() + " (" + file.getFile() + ")"
            : String.valueOf(e.getMessage());
    return "the simulation stopped because a file could not be read or written: "
        + reason
        + "; see that the workspace "
        + workspace
        + " has space and can be written, or name another with --workspace";
  }
}
