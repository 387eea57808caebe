package org.wardfl.cli.poc;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.wardfl.certs.PrivateFile;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.Installation;
import org.wardfl.client.link.LinkException;
import org.wardfl.provisioning.KitException;

/// Starts what of a federation does not run, and waits until all of it is connected.
///
/// @param folder the federation
/// @param settings who takes part
/// @param err for progress
record PocStart(PocFolder folder, PocSettings settings, PrintWriter err) {

  private static final String READY = "ready: server";
  private static final int LINES_OF_A_LOG = 5;
  private static final long PAUSE_MILLIS = 50;

  /// A process that was started now.
  ///
  /// @param from where its part of the log begins
  private record Started(Process process, long from) {}

  /// Starts and waits.
  ///
  /// @throws CommandException if a process ends at its start, or the time is over
  void bringUp(Duration patience) throws KitException, IOException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    PrivateFile.createFolder(folder.logs());
    var processes = new PocProcesses(folder);
    var present = processes.running();
    if (present.size() > settings.sites().size()) {
      say("it is up already");
    } else if (!present.isEmpty()) {
      say("running already: " + String.join(", ", present.keySet()));
    }
    if (!present.containsKey(PocFolder.SERVER)) {
      var _ = LoopbackPort.require(settings.port());
      awaitServer(start(processes, PocFolder.SERVER, "server"), end);
    }
    var started = new LinkedHashMap<String, Started>();
    for (var site : settings.sites()) {
      if (!present.containsKey(site)) {
        started.put(site, start(processes, site, "client"));
      }
    }
    awaitSites(started, end);
  }

  private Started start(PocProcesses processes, String participant, String command)
      throws IOException {
    var log = folder.log(participant);
    long from = Files.exists(log) ? Files.size(log) : 0;
    return new Started(processes.start(participant, command, Installation.current()), from);
  }

  private void awaitServer(Started server, long end) throws IOException, InterruptedException {
    while (!said(server).contains(READY)) {
      requireAlive(PocFolder.SERVER, server);
      pause(end, PocFolder.SERVER, "is not ready");
    }
    say("the server is ready on port " + settings.port());
  }

  private String said(Started server) throws IOException {
    var log = Files.readAllBytes(folder.log(PocFolder.SERVER));
    int from = Math.toIntExact(server.from);
    return new String(log, from, log.length - from, StandardCharsets.UTF_8);
  }

  private void awaitSites(Map<String, Started> started, long end)
      throws KitException, IOException, InterruptedException {
    try (var connections = new PocConnections(folder)) {
      while (true) {
        var away = new TreeSet<>(settings.sites());
        away.removeAll(connections.connected().keySet());
        if (away.isEmpty()) {
          return;
        }
        for (var site : away) {
          var process = started.get(site);
          if (process != null) {
            requireAlive(site, process);
          }
        }
        pause(end, away.first(), "is not connected");
      }
    } catch (LinkException e) {
      throw new CommandException(ExitCode.NOT_REACHABLE, String.valueOf(e.getMessage()), e);
    }
  }

  private void requireAlive(String participant, Started started) throws IOException {
    if (!started.process.isAlive()) {
      throw failure(participant, "ended at its start, exit code " + started.process.exitValue());
    }
  }

  private void pause(long end, String participant, String trouble)
      throws IOException, InterruptedException {
    if (System.nanoTime() > end) {
      throw failure(participant, trouble + " in time");
    }
    TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
  }

  private CommandException failure(String participant, String what) throws IOException {
    return new CommandException(
        ExitCode.FAILED,
        participant
            + " "
            + what
            + "; what it said last, in "
            + folder.log(participant)
            + ":\n  "
            + String.join("\n  ", folder.lastLines(participant, LINES_OF_A_LOG))
            + "\nOthers may run: 'ward poc up' tries again, 'ward poc down' ends and deletes all");
  }

  private void say(String sentence) {
    err.println("poc: " + sentence);
    err.flush();
  }
}
