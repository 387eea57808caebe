package org.wardfl.client.host;

import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.Grace;
import org.wardfl.client.python.PythonLimits;
import org.wardfl.client.python.PythonProcesses;
import org.wardfl.proto.job.JobId;

/// Runs algorithms on threads of this process: for plain-Java algorithms in the simulator, and
/// inside a job's own process.
public final class InProcessHost implements AlgorithmHost {

  private final AlgorithmCatalog catalog;
  private final Grace grace;
  private final PythonProcesses python = new PythonProcesses(PythonLimits.DEFAULT, System.err);

  /// A host of these algorithms.
  public InProcessHost(AlgorithmCatalog catalog, Grace grace) {
    this.catalog = catalog;
    this.grace = grace;
  }

  @Override
  public Run prepare(HostedTask task) {
    var execution = new TaskExecution(catalog, python, task, grace, (_, _) -> {});
    return new Run() {
      @Override
      public Outcome run() {
        return new Finished(execution.run());
      }

      @Override
      public void abort(AbortCause cause) {
        execution.abort(cause);
      }
    };
  }

  @Override
  public void end(JobId job) {
    // Nothing is kept between tasks.
  }

  @Override
  public void close() {
    python.close();
  }
}
