package org.wardfl.client.job;

import static org.wardfl.certs.CertifiedProject.NOW;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.certs.CertifiedProject;
import org.wardfl.certs.Identity;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.Submission;
import org.wardfl.proto.job.WorkflowDefinition;

/// Jobs signed by the people of one project, whose organization is `uni`.
public final class SignedJobs {

  /// The project.
  public static final CertifiedProject PROJECT = new CertifiedProject("chest_ct");

  /// A lead.
  public static final Identity ALICE = PROJECT.identity("lead", "alice@uni.org");

  /// Does not move.
  public static final InstantSource CLOCK = InstantSource.fixed(NOW);

  private SignedJobs() {}

  /// A job of three rounds for `hospital-a` and `hospital-b`, which runs `softmax` on `ct`.
  public static JobDefinition definition() {
    return definition(
        new AlgorithmDefinition("softmax", Optional.empty(), Optional.empty(), Arguments.none()),
        new InitialModel.Random(),
        "ct");
  }

  /// The same with a class of its own, in `lib/own.jar`.
  public static JobDefinition ownCode() {
    return definition(
        new AlgorithmDefinition(
            AlgorithmDefinition.JAVA,
            Optional.of("lib/own.jar"),
            Optional.of("a.B"),
            Arguments.none()),
        new InitialModel.Random(),
        "ct");
  }

  /// The same with another algorithm, first model and dataset.
  public static JobDefinition definition(
      AlgorithmDefinition algorithm, InitialModel initialModel, String dataset) {
    return definition(algorithm, initialModel, dataset, new ResourceRequest(0, 1, 64L << 20));
  }

  /// The first with other needs.
  public static JobDefinition asking(ResourceRequest resources) {
    var usual = definition();
    return definition(usual.algorithm(), usual.initialModel(), usual.data().dataset(), resources);
  }

  private static JobDefinition definition(
      AlgorithmDefinition algorithm,
      InitialModel initialModel,
      String dataset,
      ResourceRequest resources) {
    return new JobDefinition(
        "demo",
        "default",
        sites("hospital-a", "hospital-b"),
        1,
        new TreeSet<>(),
        0,
        7,
        List.of(
            new WorkflowDefinition.FedAvg(
                3,
                new WorkflowDefinition.Weighting.Samples(),
                WeightType.DIFF,
                Optional.empty(),
                Duration.ofHours(2),
                Optional.empty(),
                List.of(),
                WorkflowDefinition.CounterRule.MEAN,
                Double.POSITIVE_INFINITY,
                false)),
        algorithm,
        initialModel,
        new DataDefinition(dataset, Arguments.none()),
        List.of(),
        resources,
        Duration.ofHours(1));
  }

  private static SortedSet<SiteName> sites(String... names) {
    var sites = new TreeSet<SiteName>();
    for (var name : names) {
      sites.add(new SiteName(name));
    }
    return sites;
  }

  /// A submission at the fixed time, for a week.
  public static Submission submission() {
    return Submission.create(CLOCK, Duration.ofDays(7));
  }

  /// A job folder with a job file, a jar, a model and data.
  public static Path folder(Path parent) throws IOException {
    var folder = Files.createTempDirectory(parent, "job");
    Files.writeString(folder.resolve("job.yaml"), "name: demo\n");
    Files.createDirectory(folder.resolve("lib"));
    Files.writeString(folder.resolve("lib/own.jar"), "a jar");
    Files.writeString(folder.resolve("first.safetensors"), "a model");
    Files.createDirectory(folder.resolve("data"));
    Files.writeString(folder.resolve("data/hospital-a.csv"), "age,label\n50,1\n");
    return folder;
  }

  /// A package of such a folder.
  public static Path pack(
      Path parent, JobDefinition definition, Submission submission, Identity signer)
      throws IOException, JobPackageException {
    var folder = folder(parent);
    var target = folder.resolveSibling(folder.getFileName() + ".zip");
    JobPackage.write(folder, definition, submission, signer, target);
    return target;
  }

  /// A job as a site believes it.
  public static SignedJob signed(Path parent, JobDefinition definition, Identity signer)
      throws IOException, JobPackageException {
    var file = pack(parent, definition, submission(), signer);
    try (var opened = JobPackage.open(file, PROJECT.anchors(), CLOCK)) {
      return opened.job();
    }
  }
}
