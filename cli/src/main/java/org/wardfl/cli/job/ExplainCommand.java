package org.wardfl.cli.job;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Identity;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobFileException;
import org.wardfl.client.job.JobPackage;
import org.wardfl.client.job.JobPackageException;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.admin.SiteForecast;
import org.wardfl.proto.admin.SiteForecast.Verdict;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.json.Json;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward job explain`.
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Ask every site of a job whether it would take it, and why not, before you submit it.",
      "The job's files stay here; exit code 0 if enough sites would take it now, else 1."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward job explain examples/breast-cancer --kit alice@uni.org")
final class ExplainCommand implements Callable<Integer> {

  @Parameters(paramLabel = "JOB", description = "The job folder: job.yaml and what it names.")
  private Path folder;

  @Mixin private AdministratorOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ExplainCommand() {}

  private record Explained(JobDefinition job, List<SiteForecast> sites) {

    long takers() {
      return sites.stream().filter(site -> site.verdict() == Verdict.WOULD_TAKE).count();
    }

    boolean isEnough() {
      return takers() >= job.minSites()
          && sites.stream()
              .filter(site -> job.mandatorySites().contains(site.site()))
              .allMatch(site -> site.verdict() == Verdict.WOULD_TAKE);
    }
  }

  @Override
  public Integer call() throws InterruptedException {
    var explained = options.askWithTrust(this::explain);
    var out = spec.commandLine().getOut();
    out.print(common.json() ? Json.document(json(explained)) : text(explained));
    out.flush();
    return (explained.isEnough() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private Explained explain(AdminSession server, Identity self, TrustAnchors trust)
      throws LinkException, IOException, InterruptedException {
    var known = new TreeSet<SiteName>();
    server.sites().forEach(site -> known.add(new SiteName(site.name())));
    try (var scratch = new ScratchFolder()) {
      var job = new JobFile(folder, AlgorithmCatalog.installed()).read(known, OptionalLong.empty());
      var file = scratch.resolve("package.zip");
      JobPackage.write(folder, job, Submission.create(InstantSource.system(), job), self, file);
      try (var opened = JobPackage.open(file, trust, InstantSource.system())) {
        return new Explained(job, server.explain(opened.signedManifest()));
      }
    } catch (JobFileException | JobPackageException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    }
  }

  private static Map<String, Object> json(Explained explained) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", explained.job().name());
    json.put("enough", explained.isEnough());
    json.put("wouldTake", explained.takers());
    json.put("minSites", explained.job().minSites());
    json.put("sites", explained.sites().stream().map(ExplainCommand::json).toList());
    return json;
  }

  private static Map<String, Object> json(SiteForecast site) {
    var json = new LinkedHashMap<String, Object>();
    json.put("name", site.site());
    json.put("verdict", site.verdict());
    json.put("reason", site.reason());
    return json;
  }

  private static String text(Explained explained) {
    var table = TextTable.ofWords("site", "verdict", "reason");
    for (var site : explained.sites()) {
      table.row(
          site.site().value(),
          site.verdict().name().toLowerCase(Locale.ROOT).replace('_', ' '),
          site.reason());
    }
    var job = explained.job();
    return table
        + "%d of %d sites would take %s now; it needs %d%s%n"
            .formatted(
                explained.takers(),
                explained.sites().size(),
                job.name(),
                job.minSites(),
                job.mandatorySites().isEmpty() ? "" : ", among them " + job.mandatorySites());
  }
}
