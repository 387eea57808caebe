package org.wardfl.cli.simulate;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.wardfl.cli.ExitCode;
import org.wardfl.simulator.Simulation;

/// Stands by while a simulation runs: where the process has to end, by Ctrl-C or otherwise, the job
/// is aborted, and its files and its result are written first, so that nothing is left
/// half-written.
///
/// An algorithm on a thread of this process can end it by `System.exit`, with a code of its own
/// choice; then the code is that of a failure.
final class Ending implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(30);

  private final Simulation simulation;
  private final RoundLines lines;
  private final Thread hook = new Thread(this::end, "end");
  private final CountDownLatch over = new CountDownLatch(1);

  /// From now on, until it is closed.
  Ending(Simulation simulation, RoundLines lines) {
    this.simulation = simulation;
    this.lines = lines;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /// The simulation is over and told.
  @Override
  public void close() {
    over.countDown();
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException _) {
      // The process is ending already, and the hook is at work.
      return;
    }
  }

  private void end() {
    var exit = exitOfAnAlgorithm();
    lines.say(exit.orElse("stopping") + ": the job is aborted, results so far are kept");
    try {
      simulation.abort();
      if (!over.await(LONGEST.toMillis(), TimeUnit.MILLISECONDS)) {
        lines.say("gave up waiting for the job to end");
      }
      lines.say("aborted; what there is lies in " + simulation.folder());
    } catch (IOException e) {
      lines.say("the job could not be aborted: " + e.getMessage());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    if (exit.isPresent()) {
      Runtime.getRuntime().halt(ExitCode.FAILED.code());
    }
  }

  /// This command itself exits only after the hook is gone, and a signal calls no `exit`.
  private static Optional<String> exitOfAnAlgorithm() {
    return Thread.getAllStackTraces().values().stream()
        .flatMap(Arrays::stream)
        .filter(frame ->
            frame.getClassName().equals("java.lang.Runtime")
                && frame.getMethodName().equals("exit"))
        .findFirst()
        .map(_ ->
            "ward: the algorithm called System.exit, which ends the whole simulation (with"
                + " --job-processes it ends one site's task only)");
  }
}
