package org.wardfl.client.python;

import java.io.PrintStream;
import java.util.ArrayDeque;
import java.util.Deque;

/// The processes of Python in this JVM, kept between the tasks of a job. Safe for many threads.
public final class PythonProcesses implements AutoCloseable {

  private final PythonLimits limits;
  private final PrintStream log;
  private final Deque<PythonKeeper> idle = new ArrayDeque<>();
  private boolean closed;

  /// None yet.
  ///
  /// @param log where the output of Python goes
  public PythonProcesses(PythonLimits limits, PrintStream log) {
    this.limits = limits;
    this.log = log;
  }

  PythonLimits limits() {
    return limits;
  }

  /// One that waits for work, or a new one.
  PythonKeeper take(PythonKeeper.Setup setup) throws PythonException, InterruptedException {
    synchronized (this) {
      for (var keepers = idle.iterator(); keepers.hasNext(); ) {
        var keeper = keepers.next();
        if (!keeper.isUsable()) {
          keepers.remove();
          keeper.close();
        } else if (keeper.setup().equals(setup)) {
          keepers.remove();
          return keeper;
        }
      }
    }
    return PythonKeeper.start(setup, limits, log);
  }

  synchronized void giveBack(PythonKeeper keeper) {
    if (closed || !keeper.isUsable()) {
      keeper.close();
    } else {
      idle.push(keeper);
    }
  }

  /// Ends them all; one that is at work ends with its task.
  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(PythonKeeper::close);
    idle.clear();
  }
}
