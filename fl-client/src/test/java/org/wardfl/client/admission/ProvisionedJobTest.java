package org.wardfl.client.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.wardfl.certs.CertifiedProject.NOW;
import static org.wardfl.client.job.SignedJobs.CLOCK;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.certs.Passphrase;
import org.wardfl.client.audit.SiteAudit;
import org.wardfl.client.job.SignedJobs;
import org.wardfl.client.policy.LocalDecisions;
import org.wardfl.client.policy.Machine;
import org.wardfl.client.policy.SiteFilePolicy;
import org.wardfl.provisioning.kit.StartupKit;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.yaml.YamlFile;

/// From the kits that a project admin hands out to a job at a hospital.
class ProvisionedJobTest {

  private static final String PROJECT =
      """
      api_version: 3
      name: chest_ct
      participants:
        - {name: fl.example.org, type: server, org: uni}
        - {name: hospital-a, type: client, org: hospa}
        - {name: alice@uni.org, type: admin, org: uni, role: lead}
        - {name: carol@uni.org, type: admin, org: uni, role: member}
      """;

  @TempDir private static Path folder;

  @BeforeAll
  static void provision() throws Exception {
    var project = ProjectFile.of(YamlFile.parse("project.yml", PROJECT)).project();
    new Provisioner(folder.resolve("out"), new Passphrase("the admin's own"), CLOCK)
        .provision(project, Provisioner.Options.NONE);
  }

  @Test
  void aNewSiteRunsNothingAndThenWhatItsOwnerAllows() throws Exception {
    var kit = kit("hospital-a");
    var policy = kit.siteFile();
    var fresh = Files.readString(policy);
    assertThat(reason(submit("alice@uni.org")))
        .isEqualTo("this site does not run algorithm softmax");
    Files.writeString(policy, fresh.replace("algorithms: none", "algorithms: [softmax]"));
    assertThat(reason(submit("alice@uni.org")))
        .isEqualTo("dataset ct is not declared at this site");
    var data = Files.createDirectory(kit.folder().resolve("data"));
    Files.writeString(data.resolve("ct.csv"), "age\n50\n");
    Files.writeString(
        policy,
        Files.readString(policy)
            .replace(
                "datasets: {}", "datasets: {ct: {path: data/ct.csv, minimum: 1, used_by: any}}"));
    assertThat(submit("alice@uni.org")).isInstanceOf(Admission.Admitted.class);
    assertThat(reason(submit("carol@uni.org")))
        .isEqualTo("this site does not let carol@uni.org (member, uni) submit jobs");
  }

  private static Admission submit(String user) throws Exception {
    var passphrase =
        Files.readString(folder.resolve("out/passwords").resolve(user + ".txt")).strip();
    var signer = kit(user).identity(new Passphrase(passphrase), NOW);
    var submission = SignedJobs.submission();
    var file = SignedJobs.pack(folder, SignedJobs.definition(), submission, signer);
    return admission().admit(submission.job(), file);
  }

  private static JobAdmission admission() throws Exception {
    var kit = kit("hospital-a");
    var name = new SiteName(kit.name().name().name());
    var policy =
        new SiteFilePolicy(
            kit.siteFile(),
            name,
            kit.name().organization(),
            false,
            Machine.here(List.of()),
            LocalDecisions.NONE,
            InstantSource.system());
    return new JobAdmission(
        folder.resolve("jobs"), kit::trust, CLOCK, policy, new MemorySeenJobs(), SiteAudit.NONE);
  }

  private static StartupKit kit(String name) throws Exception {
    return StartupKit.open(folder.resolve("out/kits").resolve(name));
  }

  private static String reason(Admission answer) {
    assertThat(answer).isInstanceOf(Admission.Refused.class);
    return ((Admission.Refused) answer).reason();
  }
}
