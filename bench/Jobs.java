import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.tensor.Tensor;
import org.wardfl.algo.tensor.TensorMap;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.Passphrase;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.client.job.JobPackage;
import org.wardfl.proto.job.Submission;
import org.wardfl.provisioning.kit.ActiveKit;

/// Submits a job many times over one connection, and prints each id.
///
/// `Jobs KIT PASSWORD JOB COUNT`; `bench/federation` calls it.
public final class Jobs {

  private Jobs() {}

  public static void main(String[] words) throws Exception {
    var password = Files.readString(Path.of(words[1])).lines().findFirst().orElseThrow().strip();
    var kit = ActiveKit.open(Path.of(words[0]), new Passphrase(password), InstantSource.system(), Set.of(LeafProfile.USER));
    var folder = Path.of(words[2]);
    var scratch = Files.createTempDirectory("jobs");
    try (var server = new AdminSession(kit, Optional.empty())) {
      var known = new TreeSet<SiteName>();
      server.sites().forEach(site -> known.add(new SiteName(site.name())));
      var job = new JobFile(folder, AlgorithmCatalog.installed()).read(known, OptionalLong.empty());
      for (int i = 0; i < Integer.parseInt(words[3]); i++) {
        var submission = Submission.create(InstantSource.system(), job);
        var file = scratch.resolve("job-" + i + ".zip");
        JobPackage.write(folder, job, submission, kit.identity(), file);
        server.submit(submission.job(), file);
        Files.delete(file);
        System.out.println(submission.job());
      }
    }
  }

  /// Says what time it is, ten times a second for ten seconds.
  public static final class Clock extends ClientAlgo {

    private static final ModelPayload MODEL = new ModelPayload(TensorMap.of(Tensor.floats("w", new float[1], 1)), WeightType.FULL);

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task) {
      for (int i = 0; i < 100; i++) {
        System.out.println("now " + System.currentTimeMillis());
        try {
          Thread.sleep(100);
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return new TrainSummary(1, 1);
        }
      }
      return new TrainSummary(1, 1);
    }

    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task) {
      return MODEL;
    }

    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task) {
      return new Metrics(new TreeMap<>(), 1);
    }
  }
}
