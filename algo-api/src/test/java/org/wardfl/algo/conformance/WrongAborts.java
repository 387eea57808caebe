package org.wardfl.algo.conformance;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Metrics;
import org.wardfl.algo.ModelPayload;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TrainSummary;
import org.wardfl.algo.WeightsRequest;
import org.wardfl.algo.fixture.QuadraticAlgo;

/// Algorithms that break one of the [AbortRules] or [LifecycleRules] each.
final class WrongAborts {

  private WrongAborts() {}

  /// Trains to the end, whatever it is told.
  static final class IgnoresAbort extends QuadraticAlgo {
    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      return super.train(global, OtherTask.deaf(task));
    }
  }

  /// Looks at the signal once, at the start.
  static final class AsksOnce extends QuadraticAlgo {
    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      task.abort().throwIfSet();
      return super.train(global, OtherTask.deaf(task));
    }
  }

  /// Evaluates for a long time after an abort, and is not to be interrupted.
  static final class EvaluatesOn extends QuadraticAlgo {
    @Override
    public Metrics evaluate(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      if (task.abort().isSet()) {
        long end = System.nanoTime() + 2 * ClientAlgoConformanceTest.SHORT.hard().toNanos();
        while (System.nanoTime() < end) {
          LockSupport.parkNanos(1_000_000);
          Thread.interrupted();
        }
      }
      return super.evaluate(global, task);
    }
  }

  /// Goes on where an aborted training, perhaps of another instance, was left.
  static final class Resumes extends QuadraticAlgo {
    private static final Map<Path, ModelPayload> LEFT = new ConcurrentHashMap<>();
    private Path folder = Path.of("");

    @Override
    public void initialize(AlgoContext context) throws AlgoException, InterruptedException {
      super.initialize(context);
      folder = context.scratch().resolveSibling("left");
    }

    @Override
    public TrainSummary train(ModelPayload global, TaskContext task)
        throws AlgoException, InterruptedException {
      try {
        return super.train(LEFT.getOrDefault(folder, global), task);
      } catch (AlgoException.Aborted e) {
        var half = weights(global);
        half[0] += 1;
        LEFT.put(folder, full(half));
        throw e;
      }
    }
  }

  /// Cannot be aborted twice.
  static final class AbortThrows extends QuadraticAlgo {
    private boolean aborted;

    @Override
    public void abort(AbortCause cause) {
      if (aborted) {
        throw new IllegalStateException("already aborted");
      }
      aborted = true;
    }
  }

  /// Cannot be shut down twice.
  static final class ShutdownThrows extends QuadraticAlgo {
    private boolean closed;

    @Override
    public void shutdown() throws AlgoException {
      if (closed) {
        throw new AlgoException.Failure("already shut down");
      }
      closed = true;
    }
  }

  /// Returns zeros where there is nothing to return.
  static final class ZerosBeforeTraining extends QuadraticAlgo {
    @Override
    public ModelPayload getWeights(WeightsRequest request, TaskContext task)
        throws AlgoException, InterruptedException {
      try {
        return super.getWeights(request, task);
      } catch (AlgoException.Unsupported e) {
        if (request instanceof WeightsRequest.Current) {
          return full(new float[16]);
        }
        throw e;
      }
    }
  }
}
