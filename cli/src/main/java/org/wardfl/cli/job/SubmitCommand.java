package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
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
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.JobId;
import org.wardfl.proto.job.Submission;
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

  private static final int LONGEST_TOKEN = 200;

  @Parameters(paramLabel = "JOB", description = "The job folder: job.yaml and what it names.")
  private Path folder;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Use this seed instead of the job's own.")
  private @Nullable Long seed;

  @Option(
      names = "--token",
      paramLabel = "TEXT",
      description =
          "Submit at most once under this token of your own: again, the same job gets the same id.")
  private @Nullable String token;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  SubmitCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var submission = options.ask(this::submit);
    SubmittedJob.tell(submission, spec.commandLine().getOut(), common.json());
    return ExitCode.DONE.code();
  }

  private Submission submit(AdminSession server, Identity self)
      throws LinkException, IOException, InterruptedException {
    var known = new TreeSet<SiteName>();
    server.sites().forEach(site -> known.add(new SiteName(site.name())));
    try (var scratch = new ScratchFolder()) {
      var job = read(known);
      var submission = Submission.create(InstantSource.system(), job);
      var given = token;
      if (given != null) {
        submission = submission.withJob(JobId.ofToken(self.name().uri(), requireToken(given)));
      }
      return SubmittedJob.submit(
          server, folder, job, submission, self, scratch.resolve("package.zip"));
    } catch (JobFileException | JobPackageException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    }
  }

  private static String requireToken(String token) {
    if (token.isBlank() || token.length() > LONGEST_TOKEN) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--token: expected 1 to " + LONGEST_TOKEN + " characters");
    }
    return token;
  }

  private JobDefinition read(SortedSet<SiteName> known) throws JobFileException, IOException {
    return new JobFile(folder, AlgorithmCatalog.installed())
        .read(known, seed == null ? OptionalLong.empty() : OptionalLong.of(seed));
  }
}
