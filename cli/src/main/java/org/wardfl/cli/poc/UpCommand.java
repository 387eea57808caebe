package org.wardfl.cli.poc;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.wardfl.algo.SiteName;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.simulator.SimulationException;
import org.wardfl.simulator.SiteData;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward poc up`.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Make a federation on this machine, or bring back the one that was made before, and wait"
          + " until all of it is connected.",
      "Its sites let every job run that you submit, also with its own code and without a sandbox."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward poc up -n 4 --data examples/breast-cancer/data",
      "  ward poc up --sites berlin,paris --data my-data"
    })
final class UpCommand implements Callable<Integer> {

  private static final int DEFAULT_SITES = 2;
  private static final int MOST_SITES = 100;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Option(
      names = "-n",
      paramLabel = "N",
      description =
          "So many sites, site-1 to site-N. Default: those that have data, else "
              + DEFAULT_SITES
              + ".")
  private @Nullable Integer count;

  @Option(
      names = "--sites",
      paramLabel = "a,b,c",
      split = ",",
      hideParamSyntax = true,
      description = "Sites by name.")
  private @Nullable List<String> names;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Folder with DIR/<site>.csv, or a folder DIR/<site>, for every site: what a site gives a"
              + " job, whatever the job names its dataset.")
  private @Nullable Path data;

  @Option(
      names = "--port",
      paramLabel = "P",
      description = "The server's port on loopback. Default: one that is free.")
  private @Nullable Integer port;

  @Option(
      names = "--python",
      paramLabel = "FILE",
      description =
          "The Python of all sites, 3.9 or later with numpy. Default: python3 on PATH, if there is"
              + " one.")
  private @Nullable Path python;

  @Option(names = "--search-path", hidden = true, defaultValue = "${env:PATH}")
  private @Nullable String searchPath;

  @Mixin private PocOptions options;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  UpCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    long began = System.nanoTime();
    var folder = options.folder();
    try {
      folder.requireOurs();
      var program = python();
      if (folder.settings().isEmpty()) {
        // Before anything is made: what is refused leaves nothing behind.
        var _ = asked();
      }
      try (var _ = folder.lock()) {
        var settings = settings(folder);
        new PocKits(folder, settings).provision(program);
        var start = new PocStart(folder, settings, spec.commandLine().getErr());
        start.bringUp(PATIENCE);
        tell(folder, settings, Duration.ofNanos(System.nanoTime() - began));
      }
      return ExitCode.DONE.code();
    } catch (KitException | YamlException | SimulationException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED,
          "the federation in " + folder.path() + " cannot be brought up: " + e.getMessage(),
          e);
    }
  }

  /// Those of the federation that is there, or new ones, which are written down before anything
  /// else is made.
  private PocSettings settings(PocFolder folder) throws SimulationException, IOException {
    var present = folder.settings();
    if (present.isPresent()) {
      requireSame(folder, present.get());
      return present.get();
    }
    var settings = asked();
    settings.write(folder.settingsFile());
    return settings;
  }

  /// Those of a new federation.
  private PocSettings asked() throws SimulationException, IOException {
    var askedData = askedData();
    var sites = askedSites(askedData);
    if (askedData.isPresent()) {
      for (var site : sites) {
        // Told now, not by a site that declines every job.
        var _ = new SiteData(askedData.get()).of(new SiteName(site));
      }
    }
    return new PocSettings(
        sites,
        port == null ? LoopbackPort.free() : LoopbackPort.require(port),
        askedData,
        new String(org.wardfl.certs.Passphrase.random().reveal()));
  }

  private void requireSame(PocFolder folder, PocSettings present)
      throws SimulationException, IOException {
    boolean asked = count != null || names != null || data != null || port != null;
    if (!asked) {
      return;
    }
    var askedData = data == null ? present.data() : askedData();
    var sites = count == null && names == null ? present.sites() : askedSites(askedData);
    boolean samePort = port == null || port == present.port();
    if (!samePort || !present.isWhatWasAskedFor(sites, askedData)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT,
          "there is a federation in "
              + folder.path()
              + " already: "
              + present
              + ", port "
              + present.port()
              + "; bring it up with 'ward poc up' alone, delete it with 'ward poc down', or name"
              + " another --folder");
    }
  }

  private Optional<Path> askedData() {
    return Optional.ofNullable(data).map(path -> path.toAbsolutePath().normalize());
  }

  private List<String> askedSites(Optional<Path> askedData)
      throws SimulationException, IOException {
    if (count != null && names != null) {
      throw wrong("-n and --sites: found both, expected one of them");
    }
    if (names != null) {
      return named(names);
    }
    if (count != null) {
      if (count < 1 || count > MOST_SITES) {
        throw wrong("-n: found " + count + ", expected 1 to " + MOST_SITES);
      }
      return IntStream.rangeClosed(1, count).mapToObj(i -> "site-" + i).toList();
    }
    if (askedData.isPresent()) {
      var sites = new SiteData(askedData.get()).sites();
      if (sites.isEmpty()) {
        throw wrong(
            "--data: there is nothing of a site in " + askedData.get() + "; see 'ward poc up -h'");
      }
      return sites.stream().map(SiteName::value).toList();
    }
    return IntStream.rangeClosed(1, DEFAULT_SITES).mapToObj(i -> "site-" + i).toList();
  }

  private static List<String> named(List<String> given) {
    var sites = new LinkedHashSet<String>();
    for (var name : given) {
      try {
        if (!sites.add(new SiteName(name.strip()).value())) {
          throw wrong("--sites: " + name + " is named twice");
        }
      } catch (IllegalArgumentException e) {
        throw wrong("--sites: " + e.getMessage());
      }
    }
    if (sites.contains(PocFolder.SERVER)) {
      throw wrong("--sites: " + PocFolder.SERVER + " is the server's name; choose another");
    }
    return new ArrayList<>(sites);
  }

  private static CommandException wrong(String message) {
    return new CommandException(ExitCode.WRONG_INPUT, message);
  }

  private Optional<Path> python() {
    if (python != null) {
      var path = python.toAbsolutePath().normalize();
      if (!Files.isExecutable(path)) {
        throw wrong("--python: there is no program " + path);
      }
      return Optional.of(path);
    }
    return Arrays.stream((searchPath == null ? "" : searchPath).split(File.pathSeparator, -1))
        .filter(folder -> folder.startsWith("/"))
        .map(folder -> Path.of(folder, "python3"))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private void tell(PocFolder folder, PocSettings settings, Duration elapsed) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("folder", folder.path());
      json.put("server", PocFolder.SERVER + ":" + settings.port());
      json.put("sites", settings.sites());
      json.put("data", settings.data());
      json.put("kit", folder.kit(PocFolder.PERSON));
      json.put("passwordFile", folder.passwordFile(PocFolder.PERSON));
      json.put("elapsedSeconds", elapsed.toMillis() / 1e3);
      out.print(Json.document(json));
    } else {
      out.println(
          "up after "
              + Math.round(elapsed.toMillis() / 100.0) / 10.0
              + " s: a server on "
              + PocFolder.SERVER
              + ":"
              + settings.port()
              + " and "
              + settings);
      out.println(
          "Commands that are given no kit use that of "
              + PocFolder.PERSON
              + " until 'ward poc down', such as: ward sites list");
    }
    out.flush();
  }
}
