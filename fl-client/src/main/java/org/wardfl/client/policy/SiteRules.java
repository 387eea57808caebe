package org.wardfl.client.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.manifest.FileEntry;
import org.wardfl.client.job.SignedJob;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.Decision;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.provisioning.site.OwnCode;
import org.wardfl.provisioning.site.SitePolicyFile;

/// The rules of one version of a site's file, applied to one job.
///
/// @param sha256 of the file
/// @param file what it says
/// @param site whose it is
/// @param organization the site's, as certified
/// @param sandbox whether this site can confine a job's own code
record SiteRules(
    String sha256, SitePolicyFile file, SiteName site, String organization, boolean sandbox) {

  /// What speaks against a job.
  private record Objection(String reason, String rule) {}

  JobDecision decide(SignedJob job) {
    var actor = job.submitter();
    var right = file.rights().decide(actor, Right.SUBMIT_JOB, organization, Optional.of(actor));
    var objection =
        notForThisSite(job)
            .or(() -> right.isAllowed() ? Optional.empty() : Optional.of(noRight(actor, right)))
            .or(() -> algorithm(job, actor))
            .or(() -> dataset(job, actor));
    if (objection.isPresent()) {
      return new JobDecision.Declined(sha256, objection.get().reason(), objection.get().rule());
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
    if (!algorithm.bringsCode()) {
      return file.algorithms().allow(algorithm.listedName())
          ? Optional.empty()
          : objection(
              "this site does not run algorithm " + algorithm.listedName(),
              "algorithms: " + file.algorithms().names());
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
    if (!job.definition().algorithm().needsPython()) {
      return jar(job);
    }
    return file.algorithms().allow(AlgorithmDefinition.PYTHON)
        ? Optional.empty()
        : objection(
            "this site does not run Python that a job brings along",
            "algorithms: " + file.algorithms().names());
  }

  private Optional<Objection> jar(SignedJob job) {
    var allowed = file.algorithms();
    var hash = job.jar().map(FileEntry::sha256).orElse("none");
    return allowed.allow(AlgorithmDefinition.JAVA) || allowed.allowCode(hash)
        ? Optional.empty()
        : objection(
            "this site does not run the code in the job's jar, sha256:" + hash,
            "algorithms: " + allowed.names());
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
