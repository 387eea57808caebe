package org.wardfl.client.host;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.run.AlgoRunner;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.Phase;
import org.wardfl.algo.run.TaskRequest;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.client.filter.FilterRefusalException;
import org.wardfl.client.filter.Filters;
import org.wardfl.client.filter.UpdateFilter;
import org.wardfl.client.python.PythonAlgo;
import org.wardfl.client.python.PythonProcesses;
import org.wardfl.proto.WireException;
import org.wardfl.proto.task.StatisticsTask;

/// Runs one task in this process, with a fresh instance of the algorithm and the job's own filters.
final class TaskExecution {

  private final AlgorithmCatalog catalog;
  private final PythonProcesses python;
  private final HostedTask hosted;
  private final Grace grace;
  private final TaskRequest.ProgressListener progress;
  private @Nullable AlgoRunner runner;
  private @Nullable AbortCause aborted;

  TaskExecution(
      AlgorithmCatalog catalog,
      PythonProcesses python,
      HostedTask hosted,
      Grace grace,
      TaskRequest.ProgressListener progress) {
    this.catalog = catalog;
    this.python = python;
    this.hosted = hosted;
    this.grace = grace;
    this.progress = progress;
  }

  /// Runs the task; a process of Python that died is tried once more, as a job's process is.
  TaskResult run() {
    try {
      var algorithm = algorithm();
      var first = run(algorithm);
      return algorithm instanceof PythonAlgo dead && dead.died() && !isAborted()
          ? run(algorithm())
          : first;
    } catch (AlgoException.Configuration e) {
      return notReady(e);
    }
  }

  private TaskResult run(ClientAlgo algorithm) {
    try {
      var filters = new ArrayList<UpdateFilter>();
      for (var definition : hosted.job().filters()) {
        filters.add(Filters.of(definition));
      }
      try (var own = new AlgoRunner(algorithm, context(), grace)) {
        synchronized (this) {
          if (aborted != null) {
            return new TaskResult.Aborted(aborted, false);
          }
          runner = own;
        }
        return own.run(request(filters));
      }
    } catch (AlgoException.Configuration e) {
      return notReady(e);
    }
  }

  private static TaskResult notReady(AlgoException.Configuration e) {
    var message = String.valueOf(e.getMessage());
    return new TaskResult.Failed(Phase.INITIALIZE, message, message);
  }

  private synchronized boolean isAborted() {
    return aborted != null;
  }

  private ClientAlgo algorithm() throws AlgoException.Configuration {
    var definition = hosted.job().algorithm();
    if (!definition.needsPython()) {
      return catalog.create(definition, hosted.jobFolder());
    }
    if (hosted.python().isEmpty()) {
      throw new AlgoException.Configuration("this site has no Python for jobs");
    }
    return new PythonAlgo(
        definition,
        hosted.python().get().toString(),
        hosted.job().resources().memoryBytes(),
        hosted.task().kind(),
        python);
  }

  synchronized void abort(AbortCause cause) {
    aborted = cause;
    if (runner != null) {
      runner.abort(cause);
    }
  }

  private AlgoContext context() {
    var job = hosted.job();
    return new AlgoContext(
        hosted.task().key().site(),
        job.algorithm().given(),
        new AlgoContext.DataBinding(job.data().dataset(), hosted.dataset(), job.data().settings()),
        hosted.jobFolder(),
        hosted.scratch(),
        hosted.gpus(),
        job.resources().cpuThreads(),
        hosted.siteSettings());
  }

  private TaskRequest request(List<UpdateFilter> filters) throws AlgoException.Configuration {
    var task = hosted.task();
    var excluded = Exclusion.of(hosted.job());
    if (task.kind() == TaskKind.TRAIN && hosted.model().isPresent()) {
      excluded.check(hosted.model().get());
    }
    return new TaskRequest(
        task.kind(),
        task.key().round(),
        task.totalRounds(),
        hosted.job().seed(),
        task.kind() == TaskKind.INITIAL ? "" : task.key().site().value(),
        hosted.model(),
        task.wanted(),
        excluded::leavesOut,
        hosted.stateIn(),
        hosted.updateOut(),
        hosted.stateOut(),
        (update, type, summary) -> filtered(filters, update, type, summary),
        progress,
        statistics());
  }

  private StatisticsRequest statistics() throws AlgoException.Configuration {
    if (hosted.task().kind() != TaskKind.DATA_STATS) {
      return StatisticsRequest.all();
    }
    try {
      return StatisticsTask.of(hosted.job(), hosted.task()).request();
    } catch (WireException e) {
      throw new AlgoException.Configuration(String.valueOf(e.getMessage()));
    }
  }

  private static TensorSource filtered(
      List<UpdateFilter> filters, TensorSource update, WeightType type, TrainSummary summary)
      throws AlgoException {
    var result = update;
    for (var filter : filters) {
      try {
        result = filter.apply(result, type, summary);
      } catch (FilterRefusalException e) {
        throw new AlgoException.Failure(String.valueOf(e.getMessage()));
      } catch (IOException e) {
        throw new AlgoException.Failure(filter.description() + ": the update cannot be read", e);
      }
    }
    return result;
  }
}
