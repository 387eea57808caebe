package org.wardfl.client.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.host.TaskLimits;
import org.wardfl.client.job.SignedJob;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.provisioning.site.OwnCode;
import org.wardfl.provisioning.site.PrivacyScope;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.yaml.YamlException;

/// The rules of one version of a site's file, applied to one job.
final class SiteRules {

  private final String sha256;
  private final SitePolicyFile file;
  private final SiteName site;
  private final String organization;
  private final boolean sandbox;
  private final Machine offered;
  private final Map<PrivacyScope, List<UpdateFilter>> filters;

  /// Prepares the rules, the filters with them.
  ///
  /// @param sha256 of the file
  /// @param file what it says
  /// @param site whose it is
  /// @param organization the site's, as certified
  /// @param sandbox whether this site can confine a job's own code
  /// @param machine what the site has
  /// @throws YamlException if there is no such filter
  SiteRules(
      String sha256,
      SitePolicyFile file,
      SiteName site,
      String organization,
      boolean sandbox,
      Machine machine)
      throws YamlException {
    this.sha256 = sha256;
    this.file = file;
    this.site = site;
    this.organization = organization;
    this.sandbox = sandbox;
    this.offered = machine.offered(file.resources());
    this.filters = ScopeFilters.of(file.privacy());
  }

  String sha256() {
    return sha256;
  }

  SitePolicyFile file() {
    return file;
  }

  /// What of the machine jobs may use, all together.
  Machine offered() {
    return offered;
  }

  /// The filters of all scopes that a job is in, in the order of the file.
  List<UpdateFilter> filters(JobDefinition job) {
    return file.scopes(job.study(), job.data().dataset()).stream()
        .flatMap(scope -> filters.getOrDefault(scope, List.of()).stream())
        .toList();
  }

  /// What speaks against a job.
  private record Objection(String reason, String rule) {}

  /// What a task of this job may use.
  TaskLimits limits(JobDefinition job) {
    var resources = file.resources();
    return new TaskLimits(
        resources.taskTime(),
        job.algorithm().bringsCode() && file.ownCode().confined()
            ? Optional.of(
                new TaskLimits.Confinement(resources.scratchBytes(), resources.processes()))
            : Optional.empty());
  }

  /// @param approved whether somebody at the site has approved the job
  JobDecision decide(SignedJob job, boolean approved) {
    var actor = job.submitter();
    var right = file.rights().decide(actor, Right.SUBMIT_JOB, organization, Optional.of(actor));
    var objection =
        notForThisSite(job)
            .or(() -> right.isAllowed() ? Optional.empty() : Optional.of(noRight(actor, right)))
            .or(() -> algorithm(job, actor))
            .or(() -> dataset(job, actor))
            .or(() -> resources(job.definition().resources()));
    if (objection.isPresent()) {
      return new JobDecision.Declined(sha256, objection.get().reason(), objection.get().rule());
    }
    if (job.definition().algorithm().bringsCode()
        && file.ownCode().consent() == OwnCode.Consent.APPROVAL
        && !approved) {
      return new JobDecision.AwaitsApproval(
          sha256, "waiting for approval at " + site, file.ownCode().rule());
    }
    return new JobDecision.Permitted(sha256, right.rule(), path(job));
  }

  private static String person(Actor actor) {
    return actor.name()
        + " ("
        + actor.role()
        + (actor.organization().isEmpty() ? "" : ", " + actor.organization())
        + ")";
  }

  private Optional<Objection> notForThisSite(SignedJob job) {
    return job.sites().contains(site)
        ? Optional.empty()
        : objection("the job was not signed for site " + site, "sites " + job.sites());
  }

  private static Objection noRight(Actor actor, Decision right) {
    return new Objection("this site does not let " + person(actor) + " submit jobs", right.rule());
  }

  private Optional<Objection> algorithm(SignedJob job, Actor actor) {
    var algorithm = job.definition().algorithm();
    if (algorithm.needsPython() && file.python().isEmpty()) {
      return objection("this site has no Python for jobs", "python: not given");
    }
    boolean script = algorithm.torchScript().isPresent();
    if ((script || !algorithm.bringsCode()) && !file.algorithms().allow(algorithm.listedName())) {
      return objection(
          "this site does not run algorithm " + algorithm.listedName(),
          "algorithms: " + file.algorithms().names());
    }
    if (!algorithm.bringsCode()) {
      return Optional.empty();
    }
    var right = file.rights().decide(actor, Right.BYOC, organization, Optional.of(actor));
    if (!right.isAllowed()) {
      return objection(
          "this site runs no code that " + person(actor) + " brings along", right.rule());
    }
    var own = file.ownCode();
    if (own.consent() == OwnCode.Consent.NO) {
      return objection("this site runs no code that a job brings along", own.rule());
    }
    if (own.confined() && !sandbox) {
      return objection(
          "this site runs code that a job brings along in a sandbox only, and has none",
          own.rule());
    }
    return brought(job);
  }

  private Optional<Objection> brought(SignedJob job) {
    var allowed = file.algorithms();
    var hash = job.codeSha256().orElse("none");
    var algorithm = job.definition().algorithm();
    var kind =
        algorithm.torchScript().isPresent()
            ? new Kind(AlgorithmDefinition.SCRIPT, "network that the job brings as TorchScript")
            : algorithm.needsPython()
                ? new Kind(AlgorithmDefinition.PYTHON, "Python that the job brings along")
                : new Kind(AlgorithmDefinition.JAVA, "code in the job's jar");
    return allowed.allow(kind.word()) || allowed.allowCode(hash)
        ? Optional.empty()
        : objection(
            "this site does not run the " + kind.described() + ", sha256:" + hash,
            "algorithms: " + allowed.names());
  }

  /// A kind of code that jobs bring, by its word in the list of algorithms.
  private record Kind(String word, String described) {}

  private Optional<Objection> resources(ResourceRequest asked) {
    if (asked.gpus() > offered.gpus().size()) {
      return tooMuch(
          asked.gpus() + (asked.gpus() == 1 ? " GPU" : " GPUs"),
          offered.gpus().size(),
          "resources.gpus");
    }
    if (asked.cpuThreads() > offered.cpuThreads()) {
      return tooMuch(
          asked.cpuThreads() + " CPU threads", offered.cpuThreads(), "resources.cpu_threads");
    }
    return asked.memoryBytes() > offered.memoryBytes()
        ? tooMuch(
            (asked.memoryBytes() >> 20) + " MiB of memory",
            offered.memoryBytes() >> 20,
            "resources.memory")
        : Optional.empty();
  }

  private static Optional<Objection> tooMuch(String asked, long given, String rule) {
    return objection(
        "the job asks for " + asked + ", and this site gives " + given, rule + ": " + given);
  }

  private Optional<Objection> dataset(SignedJob job, Actor actor) {
    var name = job.definition().data().dataset();
    if (name.isEmpty()) {
      return Optional.empty();
    }
    var declared = file.dataset(name);
    if (declared.isEmpty()) {
      return objection(
          "dataset " + name + " is not declared at this site",
          "datasets: " + file.datasets().keySet().stream().sorted().toList());
    }
    var dataset = declared.get();
    var use = dataset.usedBy().decide(actor, organization, Optional.of(actor));
    if (!use.isAllowed()) {
      return objection(
          "this site does not let " + person(actor) + " use dataset " + name,
          "datasets." + name + ".used_by: " + use.rule());
    }
    if (!Files.isReadable(dataset.path())) {
      return objection(
          "dataset " + name + " is declared at this site, but cannot be read",
          "datasets." + name + ".path: " + dataset.path());
    }
    return patients(name, dataset);
  }

  private static Optional<Objection> patients(String name, SitePolicyFile.Dataset dataset) {
    var rule = "datasets." + name + ".minimum: " + dataset.minimum();
    try {
      var enough = PatientCount.isEnough(dataset);
      if (enough.isEmpty()) {
        return objection(
            "this site cannot tell whether dataset " + name + " has enough patients",
            rule + "; this is no CSV file: say how many with datasets." + name + ".patients");
      }
      return enough.get()
          ? Optional.empty()
          : objection("dataset " + name + " has too few patients at this site", rule);
    } catch (IOException e) {
      return objection(
          "dataset " + name + " is declared at this site, but cannot be read",
          rule + ": " + e.getMessage());
    }
  }

  private Optional<Path> path(SignedJob job) {
    var name = job.definition().data().dataset();
    return name.isEmpty() ? Optional.empty() : file.dataset(name).map(SitePolicyFile.Dataset::path);
  }

  private static Optional<Objection> objection(String reason, String rule) {
    return Optional.of(new Objection(reason, rule));
  }
}
