package org.wardfl.client.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.AbortCause;
import org.wardfl.algo.run.Grace;
import org.wardfl.algo.run.TaskResult;
import org.wardfl.client.python.PythonLimits;
import org.wardfl.client.python.PythonProcesses;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.FromProcess;
import org.wardfl.proto.wire.Hello;
import org.wardfl.proto.wire.RunTask;
import org.wardfl.proto.wire.TaskProgress;
import org.wardfl.proto.wire.ToProcess;

/// The process that runs a job's algorithm. It knows a socket and a token, and ends when the agent
/// does.
public final class JobProcessMain {

  private final Frames frames;
  private final AlgorithmCatalog catalog = AlgorithmCatalog.installed();
  // They end with this process: they notice when their socket closes.
  private final PythonProcesses python = new PythonProcesses(PythonLimits.DEFAULT, System.err);
  private final AtomicReference<@Nullable TaskExecution> running = new AtomicReference<>();

  private JobProcessMain(Frames frames) {
    this.frames = frames;
  }

  /// Connects to the agent and works until it is gone.
  ///
  /// @param arguments the folder with the socket and the token
  /// @throws IOException if the agent cannot be reached
  public static void main(String... arguments) throws IOException {
    var folder = Path.of(arguments[0]);
    var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(folder.resolve(JobProcess.SOCKET)));
    var frames = new Frames(channel);
    var token = Files.readString(folder.resolve(JobProcess.TOKEN));
    frames.write(
        FromProcess.newBuilder()
            .setHello(Hello.newBuilder().setToken(token).setPid(ProcessHandle.current().pid()))
            .build());
    int code = new JobProcessMain(frames).serve();
    // Whatever threads the algorithm left must not keep the process.
    Runtime.getRuntime().halt(code);
  }

  private int serve() {
    try {
      while (true) {
        var message = frames.read(ToProcess.parser());
        switch (message.getKindCase()) {
          case RUN -> start(message.getRun());
          case ABORT -> abort(AbortCause.valueOf(message.getAbort().getCause()));
          case KIND_NOT_SET -> {
            return 2;
          }
        }
      }
    } catch (IOException _) {
      // The agent is gone, or has closed the socket because it needs this process no more.
      abort(AbortCause.SHUTDOWN);
      return 0;
    } catch (WireException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }

  private void abort(AbortCause cause) {
    var execution = running.get();
    if (execution != null) {
      execution.abort(cause);
    }
  }

  private void start(RunTask wire) throws WireException {
    var task = ProcessCodec.fromWire(wire);
    var execution = new TaskExecution(catalog, python, task, Grace.DEFAULT, this::progress);
    running.set(execution);
    Thread.ofPlatform().name("task").start(() -> run(execution, task));
  }

  private void run(TaskExecution execution, HostedTask task) {
    try {
      var result = execution.run();
      if (result instanceof TaskResult.Failed failed) {
        System.err.println(failed.detail());
      }
      running.set(null);
      frames.write(FromProcess.newBuilder().setDone(ProcessCodec.toWire(result, task)).build());
    } catch (IOException _) {
      // The agent is gone; the reading thread notices the same and ends the process.
      return;
    }
  }

  private void progress(double fraction, String note) {
    try {
      frames.write(
          FromProcess.newBuilder()
              .setProgress(TaskProgress.newBuilder().setFraction(fraction).setNote(note))
              .build());
    } catch (IOException _) {
      // As above.
      return;
    }
  }
}
