package org.wardfl.algo.conformance;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.wardfl.algo.AbortCause;
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
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.statistics.StatisticsRequest;

/// Stands between the platform and the algorithm: notes how each call ended, and has the task
/// aborted as one of them begins.
class ObservedAlgo extends ClientAlgo {

  private final ClientAlgo algo;
  private final Phase abortAt;
  private final Grace grace;
  private final CountDownLatch aborted = new CountDownLatch(1);
  private final List<Ending> endings = new CopyOnWriteArrayList<>();
  private Runnable abortTask = () -> {};

  private ObservedAlgo(ClientAlgo algo, Phase abortAt, Grace grace) {
    this.algo = algo;
    this.abortAt = abortAt;
    this.grace = grace;
  }

  /// A call that has ended.
  ///
  /// @param call the method
  /// @param thrown what it threw; empty where it returned
  record Ending(String call, Optional<Throwable> thrown) {
    boolean isAbort() {
      return thrown
          .filter(e -> e instanceof AlgoException.Aborted || e instanceof InterruptedException)
          .isPresent();
    }
  }

  /// @param abortAt the call at whose beginning the task is aborted
  static ObservedAlgo of(ClientAlgo algo, Phase abortAt, Grace grace) {
    return algo instanceof StatefulAlgo stateful
        ? new Stateful(algo, stateful, abortAt, grace)
        : new ObservedAlgo(algo, abortAt, grace);
  }

  /// How to abort the task; to be said before the first call.
  void onAbort(Runnable abort) {
    abortTask = abort;
  }

  /// The calls that have ended, in order.
  List<Ending> endings() {
    return List.copyOf(endings);
  }

  /// The last call of that method, if it has ended.
  Optional<Ending> ending(String call) {
    return endings.reversed().stream().filter(ending -> ending.call().equals(call)).findFirst();
  }

  @Override
  public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
    observe(
        Phase.INITIALIZE,
        () -> {
          algo.initialize(context);
          return true;
        });
  }

  @Override
  public TrainSummary train(ModelPayload global, TaskContext task)
      throws AlgoException, InterruptedException {
    return observe(Phase.TRAIN, () -> algo.train(global, task));
  }

  @Override
  public ModelPayload getWeights(WeightsRequest request, TaskContext task)
      throws AlgoException, InterruptedException {
    return observe(Phase.GET_WEIGHTS, () -> algo.getWeights(request, task));
  }

  @Override
  public Metrics evaluate(ModelPayload global, TaskContext task)
      throws AlgoException, InterruptedException {
    return observe(Phase.EVALUATE, () -> algo.evaluate(global, task));
  }

  @Override
  public DataStats getDataStats(StatisticsRequest request, TaskContext task)
      throws AlgoException, InterruptedException {
    return observe(Phase.DATA_STATS, () -> algo.getDataStats(request, task));
  }

  @Override
  public void abort(AbortCause cause) {
    try {
      algo.abort(cause);
      endings.add(new Ending("abort", Optional.empty()));
    } catch (RuntimeException | Error e) {
      endings.add(new Ending("abort", Optional.of(e)));
      throw e;
    } finally {
      aborted.countDown();
    }
  }

  @Override
  public void shutdown() throws AlgoException {
    try {
      algo.shutdown();
      endings.add(new Ending("shutdown", Optional.empty()));
    } catch (AlgoException | RuntimeException | Error e) {
      endings.add(new Ending("shutdown", Optional.of(e)));
      throw e;
    }
  }

  /// A call of the algorithm.
  private interface Call<T> {
    T make() throws AlgoException, InterruptedException;
  }

  private <T> T observe(Phase phase, Call<T> call) throws AlgoException, InterruptedException {
    if (phase == abortAt) {
      abortTask.run();
      awaitAbort();
    }
    try {
      var result = call.make();
      endings.add(new Ending(phase.word(), Optional.empty()));
      return result;
    } catch (AlgoException | InterruptedException | RuntimeException | Error e) {
      endings.add(new Ending(phase.word(), Optional.of(e)));
      throw e;
    }
  }

  // The signal is set; an algorithm that listens to abort() instead is told before its call begins.
  // An interruption that comes first is meant for that call.
  private void awaitAbort() {
    boolean interrupted = false;
    long end = System.nanoTime() + grace.hard().toNanos();
    for (boolean waiting = true; waiting; ) {
      try {
        boolean _ = aborted.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        waiting = false;
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// The same for an algorithm with a state.
  private static final class Stateful extends ObservedAlgo implements StatefulAlgo {

    private final StatefulAlgo stateful;

    Stateful(ClientAlgo algo, StatefulAlgo stateful, Phase abortAt, Grace grace) {
      super(algo, abortAt, grace);
      this.stateful = Objects.requireNonNull(stateful);
    }

    @Override
    public void saveState(Path file) throws IOException, AlgoException {
      stateful.saveState(file);
    }

    @Override
    public void restoreState(Path file) throws IOException, AlgoException {
      stateful.restoreState(file);
    }
  }
}
