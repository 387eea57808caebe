package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Identity;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.Administration;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job submit`.
@Command(
    name = "submit",
    mixinStandardHelpOptions = true,
    description = {
      "Pack a job folder without its data, sign it, and start it on the server.",
      "Every site verifies the signature and decides by its own site.yaml."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job submit examples/breast-cancer --kit alice@uni.org --json")
final class SubmitCommand implements Callable<Integer> {

  private static final Duration VALIDITY_BEYOND_DEADLINE = Duration.ofDays(1);

  @Parameters(paramLabel = "JOB", description = "The job folder: job.yaml and what it names.")
  private Path folder;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Use this seed instead of the job's own.")
  private @Nullable Long seed;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  SubmitCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var submission = options.ask(this::submit);
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("id", submission.job());
      json.put("expires", submission.expires());
      out.print(Json.document(json));
    } else {
      out.println(submission.job());
    }
    out.flush();
    return ExitCode.DONE.code();
  }

  private Submission submit(Administration server, Identity self)
      throws LinkException, IOException, InterruptedException {
    var known = new TreeSet<SiteName>();
    server.sites().forEach(site -> known.add(new SiteName(site.name())));
    var scratch = Files.createTempDirectory("ward-submit");
    var file = scratch.resolve("package.zip");
    try {
      var job = read(known);
      var validity = job.deadline().plus(VALIDITY_BEYOND_DEADLINE);
      var submission =
          Submission.create(
              InstantSource.system(),
              validity.compareTo(Submission.MAX_VALIDITY) < 0 ? validity : Submission.MAX_VALIDITY);
      JobPackage.write(folder, job, submission, self, file);
      server.submit(submission.job(), file);
      return submission;
    } catch (JobFileException | JobPackageException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(scratch);
    }
  }

  private JobDefinition read(SortedSet<SiteName> known) throws JobFileException, IOException {
    return new JobFile(folder, AlgorithmCatalog.installed())
        .read(known, seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
  }
}
