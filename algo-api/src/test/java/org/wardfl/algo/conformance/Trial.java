package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.tensor.Combination;
import org.wardfl.algo.tensor.TensorMap;

/// One instance of the algorithm whose calls the kit makes itself, on the test's thread.
final class Trial implements AutoCloseable {

  /// Where the kit's tasks run, unless a test says otherwise.
  static final SiteName SITE = new SiteName("site-1");

  private final ClientAlgo algo;

  private Trial(ClientAlgo algo) {
    this.algo = algo;
  }

  /// A new, initialized instance.
  static Trial start(ConformanceSubject subject, SiteName site, Path folder)
      throws AlgoException, InterruptedException, IOException {
    var algo = subject.factory().create();
    algo.initialize(context(subject, subject.data(), site, Path.of("").toAbsolutePath(), folder));
    return new Trial(algo);
  }

  /// What an instance is initialized with: everything from the author, and a scratch folder of its
  /// own.
  ///
  /// @param base what the author's paths are relative to
  /// @param folder receives the scratch folder, and an empty job folder where the author gives none
  static AlgoContext context(
      ConformanceSubject subject,
      AlgoContext.DataBinding data,
      SiteName site,
      Path base,
      Path folder)
      throws IOException {
    var jobFolder = subject.jobFolder().map(base::resolve);
    return new AlgoContext(
        site,
        subject.arguments(),
        new AlgoContext.DataBinding(
            data.dataset(), data.location().map(base::resolve), data.settings()),
        jobFolder.isPresent() ? jobFolder.get() : Files.createDirectories(folder.resolve("job")),
        Files.createTempDirectory(folder, "scratch"),
        List.of(),
        1);
  }

  ClientAlgo algo() {
    return algo;
  }

  /// The algorithm's other side, if it keeps a state.
  Optional<StatefulAlgo> stateful() {
    return algo instanceof StatefulAlgo stateful ? Optional.of(stateful) : Optional.empty();
  }

  TrainSummary train(TensorMap model, TaskContext task) throws AlgoException, InterruptedException {
    return algo.train(new GivenModel(model).payload(), task);
  }

  Metrics evaluate(TensorMap model, TaskContext task) throws AlgoException, InterruptedException {
    return algo.evaluate(new GivenModel(model).payload(), task);
  }

  /// A copy of an untrained model.
  TensorMap initial(long jobSeed) throws AlgoException, InterruptedException, IOException {
    var task = ConformanceTask.initial(jobSeed);
    return Models.copy(algo.getWeights(new WeightsRequest.Initial(), task).weights());
  }

  /// What the last training left, as the algorithm returns it.
  ModelPayload weights(WeightType wanted, TaskContext task)
      throws AlgoException, InterruptedException {
    return algo.getWeights(new WeightsRequest.Current(wanted), task);
  }

  /// A copy of what the last training left, in the form that is wanted: the platform converts where
  /// the algorithm gives the other one.
  ///
  /// @param model what was trained from
  TensorMap update(WeightType wanted, TensorMap model, TaskContext task)
      throws AlgoException, InterruptedException, IOException {
    var payload = weights(wanted, task);
    if (payload.type() == wanted) {
      return Models.copy(payload.weights());
    }
    return Models.copy(
        wanted == WeightType.DIFF
            ? Combination.difference(payload.weights(), model)
            : Combination.sum(model, payload.weights()));
  }

  @Override
  public void close() throws AlgoException {
    algo.shutdown();
  }
}
