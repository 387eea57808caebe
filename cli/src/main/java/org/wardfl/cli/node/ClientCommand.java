package org.wardfl.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.LeafProfile;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.Installation;
import org.wardfl.cli.Version;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.client.device.GpuProbe;
import org.wardfl.client.node.ClientNode;
import org.wardfl.client.policy.ScopeFilters;
import org.wardfl.proto.channel.Tls;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.site.OfferedResources;
import org.wardfl.provisioning.yaml.YamlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward client`.
@Command(
    name = "client",
    mixinStandardHelpOptions = true,
    description = {
      "Run a site's client until it is told to end.",
      "It opens one connection to the server and none is opened to it. What may run here stands in"
          + " the kit's site.yaml."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward client --kit hospital-a --data /var/lib/ward --password-file password.txt")
public final class ClientCommand implements Callable<Integer> {

  @Mixin private KitOptions kit;
  @Mixin private ProxyOptions proxy;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder for jobs and results under way. Default: data in the kit.")
  private @Nullable Path data;

  @Option(
      names = "--tasks",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many tasks work at once. Default: ${DEFAULT-VALUE}.")
  private int tasks;

  @Option(
      names = "--gpus",
      paramLabel = "0,1",
      split = ",",
      hideParamSyntax = true,
      description = "Of the CUDA devices that site.yaml offers, only these. Default: all of them.")
  private @Nullable List<Integer> gpus;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ClientCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    if (tasks < 1) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--tasks: found " + tasks + ", expected at least 1");
    }
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.SITE));
    var folder = data == null ? active.kit().folder().resolve("data") : data;
    var installation = Installation.current();
    try {
      // A policy that cannot be read is told now, not when the first job comes.
      var policy = active.kit().sitePolicy();
      var _ = ScopeFilters.of(policy.privacy());
      var devices = devices(policy.resources(), installation);
      var node =
          ClientNode.start(
              new ClientNode.Setup(
                  active,
                  folder,
                  installation.java(),
                  installation.classPath(),
                  installation.processOptions(),
                  tasks,
                  devices,
                  proxy.proxy(),
                  "ward " + Version.number()),
              InstantSource.system());
      new Ready()
          .with("site", active.identity().name().name())
          .with("server", active.kit().name().address())
          .with("tls", Tls.ofThisMachine().title())
          .with("data", folder)
          .with("gpus", devices)
          .say(spec, common);
      Lifetime.keep(node);
      return ExitCode.DONE.code();
    } catch (KitException | YamlException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.FAILED, "the client cannot start: " + e.getMessage(), e);
    }
  }

  /// The devices that are there, if jobs may have any: starting without them takes less time.
  private List<Integer> devices(OfferedResources offered, Installation installation)
      throws IOException, InterruptedException {
    if (offered.gpus().equals(OfferedResources.Gpus.NONE)) {
      return List.of();
    }
    var found =
        GpuProbe.find(installation.java(), installation.classPath()).stream()
            .map(GpuProbe.Gpu::index)
            .toList();
    if (gpus != null && !found.containsAll(gpus)) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "--gpus: found " + gpus + ", but this machine has " + found);
    }
    return gpus == null ? found : gpus;
  }
}
