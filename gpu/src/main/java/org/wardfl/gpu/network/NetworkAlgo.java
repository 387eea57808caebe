package org.wardfl.gpu.network;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.StatefulAlgo;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.sample.SampleSheet;
import org.wardfl.gpu.torch.Torch;
import org.wardfl.gpu.training.SiteTraining;
import org.wardfl.gpu.training.Trainee;
import org.wardfl.gpu.training.TrainingLoop;

/// Trains a network on a [Problem]. Training values: those of [SiteTraining].
public final class NetworkAlgo extends ClientAlgo implements StatefulAlgo, Trainee<Weights> {

  private final Problem.Reader reader;
  private @Nullable Problem problem;
  private @Nullable Torch torch;
  private @Nullable SiteTraining<Weights> training;
  private SampleSheet samples = SampleSheet.none();

  /// An algorithm without a job yet.
  ///
  /// @param reader makes its problem of the job
  public NetworkAlgo(Problem.Reader reader) {
    this.reader = reader;
  }

  @Override
  public void initialize(AlgoContext context) throws AlgoException {
    var own = reader.read(context);
    problem = own;
    torch = Torch.open(context);
    training = new SiteTraining<>(own.training(), this, torch);
    samples = SampleSheet.in(context.scratch(), own.sampleOptions());
  }

  @Override
  public void shutdown() {
    if (torch != null) {
      torch.close();
    }
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task) throws AlgoException {
    return switch (request) {
      case WeightsRequest.Initial _ -> training().initial(problem().initial(task.seed("init")));
      case WeightsRequest.Current _ -> training().trained();
      case WeightsRequest.Stored _ ->
          throw new AlgoException.Unsupported("this algorithm stores no models of its own");
    };
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task) throws AlgoException {
    return training().evaluate(global, task);
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task) throws AlgoException {
    return training().train(global, task);
  }

  @Override
  public Weights open(ModelPayload model) throws AlgoException {
    return new Weights(problem().architecture(), model, torch());
  }

  @Override
  public int samples() throws AlgoException {
    return problem().samples();
  }

  @Override
  public Metrics score(Weights weights, TaskContext task) throws AlgoException {
    // The first model that is scored is the received one; a site's own is not shown.
    var sheet = samples;
    samples = SampleSheet.none();
    var scores = problem().evaluate(weights, torch(), task, sheet);
    sheet.finish();
    return scores;
  }

  @Override
  public TrainingLoop.BatchLoss loss(Weights weights, Seeds seeds) throws AlgoException {
    var own = problem();
    var random = new Random(seeds.of("augmentation"));
    return (manager, batch) -> own.loss(weights, manager, batch, random);
  }

  @Override
  public DataStats getDataStats(StatisticsRequest request, TaskContext task) throws AlgoException {
    return problem().statistics(request, task);
  }

  @Override
  public void saveState(Path target) throws IOException {
    training().saveState(target);
  }

  @Override
  public void restoreState(Path source) throws IOException, AlgoException {
    training().restoreState(source);
  }

  private Problem problem() {
    return started(problem);
  }

  private SiteTraining<Weights> training() {
    return started(training);
  }

  private Torch torch() {
    return started(torch);
  }

  private static <T> T started(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("initialize was not called");
    }
    return part;
  }
}
