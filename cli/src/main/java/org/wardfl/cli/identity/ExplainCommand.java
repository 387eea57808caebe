package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.project.Participant;
import org.wardfl.provisioning.project.Project;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.rights.Actor;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Right;
import org.wardfl.provisioning.site.SitePolicyFile;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward policy explain`.
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    description = {
      "Tell whether a user may do something at a site, and which rule decides.",
      "The user's role and organization, and the site's organization, come from the project file, or"
          + " are given."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward policy explain --project project.yml --user alice@uni.org \\",
      "      --right submit_job --site hospital-a",
      "  ward policy explain --policy site.yaml --user bob@uni.org --role lead \\",
      "      --org uni --right ls --site-org hospa"
    })
final class ExplainCommand implements Callable<Integer> {

  @Option(names = "--user", required = true, paramLabel = "NAME", description = "Who asks.")
  private String user;

  @Option(
      names = "--right",
      required = true,
      paramLabel = "RIGHT",
      description = "What for: submit_job, abort_job, list_jobs, …")
  private String right;

  @Option(names = "--site", paramLabel = "NAME", description = "At which site.")
  private @Nullable String site;

  @Option(
      names = "--project",
      paramLabel = "FILE",
      description = "The project file, which knows roles and organizations.")
  private @Nullable Path project;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description =
          "The site's site.yaml, or FLARE's authorization.json. Default: the rights of a new kit.")
  private @Nullable Path policy;

  @Option(names = "--role", paramLabel = "ROLE", description = "The user's role.")
  private @Nullable String role;

  @Option(names = "--org", paramLabel = "ORG", description = "The user's organization.")
  private @Nullable String organization;

  @Option(names = "--site-org", paramLabel = "ORG", description = "The site's organization.")
  private @Nullable String siteOrganization;

  @Option(
      names = "--submitter",
      paramLabel = "NAME",
      description = "Whose job it is about. Default: no job.")
  private @Nullable String submitter;

  @Option(
      names = "--submitter-org",
      paramLabel = "ORG",
      description = "The submitter's organization.")
  private @Nullable String submitterOrganization;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  ExplainCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, YamlException, IOException {
    var known =
        project == null
            ? Optional.<Project>empty()
            : Optional.of(ProjectFile.read(project).project());
    var asked =
        Right.ofWord(right)
            .orElseThrow(() ->
                new KitException(
                    "--right: found '"
                        + right
                        + "', expected one of "
                        + Arrays.stream(Right.values())
                            .map(Right::word)
                            .collect(Collectors.joining(", "))));
    var actor =
        new Actor(
            user,
            given(organization, "--org", known, user, Participant::organization),
            given(role, "--role", known, user, Participant::role));
    var where =
        given(
            siteOrganization,
            "--site-org",
            known,
            site == null ? "" : site,
            Participant::organization);
    var about =
        submitter == null
            ? Optional.<Actor>empty()
            : Optional.of(
                new Actor(
                    submitter,
                    given(
                        submitterOrganization,
                        "--submitter-org",
                        known,
                        submitter,
                        Participant::organization),
                    ""));
    var decision = policy().decide(actor, asked, where, about);
    var document = new LinkedHashMap<String, Object>();
    document.put("user", user);
    document.put("right", right);
    document.put("allowed", decision.isAllowed());
    document.put("rule", decision.rule());
    return Answer.done(
        List.of(
            (decision.isAllowed() ? "allowed: " : "denied: ")
                + user
                + " ("
                + actor.role()
                + " of "
                + actor.organization()
                + "), "
                + right
                + ", at a site of "
                + where,
            "because: " + decision.rule()),
        document);
  }

  private AuthorizationPolicy policy() throws YamlException, IOException {
    if (policy == null) {
      return AuthorizationPolicy.standard();
    }
    var root = YamlFile.read(policy);
    return root.has("permissions")
        ? AuthorizationPolicy.readFlare(root)
        : SitePolicyFile.read(policy).rights();
  }

  private interface Fact {
    String of(Participant participant);
  }

  private static String given(
      @Nullable String typed, String option, Optional<Project> known, String name, Fact fact)
      throws KitException {
    if (typed != null) {
      return typed;
    }
    return known
        .flatMap(one -> one.participant(name))
        .map(fact::of)
        .orElseThrow(() ->
            new KitException(
                "'"
                    + name
                    + "' is not known"
                    + (known.isPresent() ? " to the project file" : "")
                    + "; give --project with the file that knows it, or "
                    + option));
  }
}
