package org.wardfl.cli.poc;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.TextTable;
import org.wardfl.client.link.LinkException;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.KitException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `ward poc status`.
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = {
      "Tell which processes of the federation run, and which sites are connected.",
      "The exit code is 0 if everything is up, else 1."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward poc status --json")
final class StatusCommand implements Callable<Integer> {

  @Mixin private PocOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  StatusCommand() {}

  /// A participant's process.
  ///
  /// @param process its number; empty if it does not run
  /// @param connected since when; empty if it is not
  private record Line(String name, Optional<Long> process, Optional<Instant> connected) {

    boolean isUp() {
      return process.isPresent() && (name.equals(PocFolder.SERVER) || connected.isPresent());
    }
  }

  @Override
  public Integer call() {
    var folder = options.folder();
    try {
      var settings = folder.settings();
      if (settings.isEmpty()) {
        return nothing(folder);
      }
      var lines = lines(folder, settings.get());
      boolean up = lines.stream().allMatch(Line::isUp);
      var out = spec.commandLine().getOut();
      out.print(common.json() ? json(folder, settings.get(), lines, up) : text(lines, up));
      out.flush();
      return (up ? ExitCode.DONE : ExitCode.FAILED).code();
    } catch (KitException | IOException e) {
      throw new CommandException(ExitCode.FAILED, String.valueOf(e.getMessage()), e);
    }
  }

  private int nothing(PocFolder folder) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("folder", folder.path());
      json.put("up", false);
      json.put("processes", List.of());
      out.print(Json.document(json));
    } else {
      out.println("there is no federation in " + folder.path() + "; 'ward poc up' makes one");
    }
    out.flush();
    return ExitCode.FAILED.code();
  }

  private static List<Line> lines(PocFolder folder, PocSettings settings)
      throws KitException, IOException {
    var running = new PocProcesses(folder).running();
    Map<String, Optional<Instant>> connected = Map.of();
    if (running.containsKey(PocFolder.SERVER)) {
      try (var connections = new PocConnections(folder)) {
        connected = connections.connected();
      } catch (LinkException _) {
        // It has just begun, or hangs: then no site is connected, which is what is told.
        connected = Map.of();
      }
    }
    var lines = new ArrayList<Line>();
    lines.add(line(PocFolder.SERVER, running, connected));
    for (var site : settings.sites()) {
      lines.add(line(site, running, connected));
    }
    return lines;
  }

  private static Line line(
      String name, Map<String, ProcessHandle> running, Map<String, Optional<Instant>> connected) {
    return new Line(
        name,
        Optional.ofNullable(running.get(name)).map(ProcessHandle::pid),
        connected.getOrDefault(name, Optional.empty()));
  }

  private static String text(List<Line> lines, boolean up) {
    var table = TextTable.ofWords("name", "process", "connected since");
    for (var line : lines) {
      table.row(
          line.name,
          line.process.map(pid -> Long.toString(pid)).orElse("not running"),
          line.connected.map(Instant::toString).orElse(""));
    }
    return table + (up ? "" : "not everything is up; 'ward poc up' starts what is missing\n");
  }

  private static String json(PocFolder folder, PocSettings settings, List<Line> lines, boolean up) {
    var json = new LinkedHashMap<String, Object>();
    json.put("folder", folder.path());
    json.put("up", up);
    json.put("port", settings.port());
    json.put("data", settings.data());
    json.put(
        "processes",
        lines.stream()
            .map(line -> {
              var one = new LinkedHashMap<String, Object>();
              one.put("name", line.name);
              one.put("process", line.process);
              one.put("connectedSince", line.connected);
              one.put("log", folder.log(line.name));
              return one;
            })
            .toList());
    return Json.document(json);
  }
}
