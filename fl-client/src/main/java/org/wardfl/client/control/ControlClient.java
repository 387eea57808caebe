package org.wardfl.client.control;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Asks the agent of this site, on this machine.
///
/// @param data the agent's data folder
public record ControlClient(Path data) {

  /// Where the site's agent stands.
  ///
  /// @throws IOException if it cannot be asked
  /// @throws ControlException if it refuses
  public SiteStatus status() throws IOException, ControlException {
    return SiteStatus.of(ask(SiteControl.STATUS, Optional.empty()));
  }

  /// The jobs that the agent knows of.
  ///
  /// @throws IOException if it cannot be asked
  /// @throws ControlException if it refuses
  public List<SiteJob> jobs() throws IOException, ControlException {
    return SiteJob.listOf(ask(SiteControl.JOBS, Optional.empty()));
  }

  /// Approves a job.
  ///
  /// @param job its id, or the beginning of it
  /// @return the job as it is now
  /// @throws IOException if the agent cannot be asked
  /// @throws ControlException if it refuses
  public SiteJob approve(String job) throws IOException, ControlException {
    return SiteJob.listOf(ask(SiteControl.APPROVE, Optional.of(job))).getFirst();
  }

  /// Takes the site out of a job.
  ///
  /// @param job its id, or the beginning of it
  /// @return the job as it is now
  /// @throws IOException if the agent cannot be asked
  /// @throws ControlException if it refuses
  public SiteJob stop(String job) throws IOException, ControlException {
    return SiteJob.listOf(ask(SiteControl.STOP, Optional.of(job))).getFirst();
  }

  /// Lets no task begin any more.
  ///
  /// @throws IOException if the agent cannot be asked
  /// @throws ControlException if it refuses
  public SiteStatus pause() throws IOException, ControlException {
    return SiteStatus.of(ask(SiteControl.PAUSE, Optional.empty()));
  }

  /// Lets tasks begin again.
  ///
  /// @throws IOException if the agent cannot be asked
  /// @throws ControlException if it refuses
  public SiteStatus resume() throws IOException, ControlException {
    return SiteStatus.of(ask(SiteControl.RESUME, Optional.empty()));
  }

  private Map<String, @Nullable Object> ask(String command, Optional<String> job)
      throws IOException, ControlException {
    var question = new LinkedHashMap<String, Object>();
    question.put(SiteControl.COMMAND, command);
    job.ifPresent(id -> question.put(SiteControl.JOB, id));
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      channel.connect(
          UnixDomainSocketAddress.of(data.resolve(ControlServer.SOCKET).toAbsolutePath()));
      try (var frames = new JsonFrames(channel, ControlServer.MESSAGE_BYTES)) {
        frames.write(question);
        var answer = frames.read();
        if (answer.get(SiteControl.REFUSAL) instanceof String refusal) {
          throw new ControlException(refusal);
        }
        return answer;
      }
    }
  }
}
