package org.wardfl.cli.job;

import java.io.IOException;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.Identity;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.job.Submission;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job clone`.
@Command(
    name = "clone",
    mixinStandardHelpOptions = true,
    description = {
      "Submit a job once more, signed by you.",
      "The clone has the same files, sites and seed unless another seed is given; it is a job of its own."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job clone 019a0000-0000-7000-8000-000000000000 --seed 8 --kit alice@uni.org")
final class CloneCommand implements Callable<Integer> {

  @Parameters(paramLabel = "ID", description = "The job, as 'ward job submit' printed it.")
  private String id;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "Use this seed instead of the job's own.")
  private @Nullable Long seed;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  CloneCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var submission = options.askWithTrust(this::submit);
    SubmittedJob.tell(submission, spec.commandLine().getOut(), common.json());
    return ExitCode.DONE.code();
  }

  private Submission submit(AdminSession server, Identity self, TrustAnchors trust)
      throws LinkException, IOException, InterruptedException {
    var submitted = server.show(id).summary().submitted();
    try (var scratch = new ScratchFolder()) {
      var original = scratch.resolve("original.zip");
      server.fetchPackage(id, original);
      var folder = scratch.resolve("job");
      // What counts is that the job was believed when it was submitted; it may have expired since.
      try (var job = JobPackage.open(original, trust, InstantSource.fixed(submitted))) {
        job.extract(folder);
        var definition = job.job().definition();
        return SubmittedJob.submit(
            server,
            folder,
            seed == null ? definition : definition.withSeed(seed),
            Submission.create(InstantSource.system(), definition),
            self,
            scratch.resolve("package.zip"));
      }
    } catch (JobPackageException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    }
  }
}
