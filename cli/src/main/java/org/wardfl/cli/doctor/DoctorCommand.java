package org.wardfl.cli.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.LeafProfile;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.Installation;
import org.wardfl.cli.TextTable;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.cli.node.ProxyOptions;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward doctor`.
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = {
      "Check everything that a startup kit needs to work, one line for each: its files, this"
          + " machine, the way to the server hop by hop, a site's datasets.",
      "Run it as the account that the client or server runs as. The exit code is 0 if nothing"
          + " failed, else 1. It changes nothing, and a client may run meanwhile."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward doctor --kit hospital-a --data /var/lib/ward --password-file password.txt")
public final class DoctorCommand implements Callable<Integer> {

  private static final String[] REST_OF_THE_WAY = {"TLS", "server", "clock"};

  @Mixin private KitOptions kit;
  @Mixin private ProxyOptions proxy;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data folder of the client or server. Default: data in the kit.")
  private @Nullable Path data;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public DoctorCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var findings = new Findings();
    var folder = kit.anyFolder();
    try {
      StartupKit.requireKit(folder);
      examine(folder, findings);
    } catch (KitException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, "a file could not be read or written: " + e.getMessage(), e);
    }
    print(folder, findings);
    return (findings.isAllWell() ? ExitCode.DONE : ExitCode.FAILED).code();
  }

  private void examine(Path folder, Findings findings) throws IOException, InterruptedException {
    var clock = InstantSource.system();
    var machine = new MachineChecks(findings);
    var opened = new KitChecks(findings, clock.instant()).check(folder);
    machine.java(Installation.current());
    if (opened.isEmpty()) {
      return;
    }
    var profile = opened.get().name().name().profile();
    var state = data == null ? folder.resolve("data") : data;
    if (profile != LeafProfile.USER) {
      machine.disk(state);
    }
    if (profile == LeafProfile.SERVER) {
      new OwnerChecks(findings).server(opened.get(), state);
      return;
    }
    way(opened.get(), clock, findings);
    if (profile == LeafProfile.SITE) {
      new OwnerChecks(findings).site(opened.get());
      machine.gpu();
    }
  }

  private void way(StartupKit opened, InstantSource clock, Findings findings) throws IOException {
    var way = new WayChecks(findings, proxy.proxy());
    if (!way.reach(opened.name().address())) {
      way.skip(REST_OF_THE_WAY);
      return;
    }
    if (findings.hasFailed("certificate")) {
      way.skip(REST_OF_THE_WAY);
      return;
    }
    ActiveKit active;
    try {
      active = kit.activate(clock, EnumSet.allOf(LeafProfile.class));
    } catch (CommandException e) {
      findings.failed("key", String.valueOf(e.getMessage()));
      way.skip(REST_OF_THE_WAY);
      return;
    }
    way.ask(active);
  }

  private void print(Path folder, Findings findings) {
    var out = spec.commandLine().getOut();
    if (common.json()) {
      var json = new LinkedHashMap<String, Object>();
      json.put("kit", folder);
      json.put("ok", findings.isAllWell());
      json.put("checks", findings.all().stream().map(Findings.Finding::json).toList());
      out.print(Json.document(json));
    } else {
      var table = TextTable.ofWords("check", "state", "what was found");
      for (var finding : findings.all()) {
        boolean failed = finding.state() == Findings.State.FAILED;
        var state = finding.state().name();
        table.row(
            finding.check(), failed ? state : state.toLowerCase(Locale.ROOT), finding.sentence());
      }
      out.print(table);
    }
    out.flush();
  }
}
