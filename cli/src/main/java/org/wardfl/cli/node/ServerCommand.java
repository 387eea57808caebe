package org.wardfl.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.LeafProfile;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.Version;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.server.node.ServerNode;
import org.wardfl.server.result.RunRecord;
import org.wardfl.server.transport.TransportLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `ward server`.
@Command(
    name = "server",
    mixinStandardHelpOptions = true,
    description = {
      "Run the server of a federation until it is told to end.",
      "Address, port and limits stand in the kit's server.yaml."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward server --kit fl.example.org --data /var/lib/ward --password-file password.txt")
public final class ServerCommand implements Callable<Integer> {

  @Mixin private KitOptions kit;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder for journal, models and results. Default: data in the kit.")
  private @Nullable Path data;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ServerCommand() {}

  @Override
  public Integer call() throws InterruptedException {
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.SERVER));
    var folder = data == null ? active.kit().folder().resolve("data") : data;
    try {
      var node =
          ServerNode.start(
              new ServerNode.Setup(
                  active,
                  active.kit().serverFile(),
                  folder,
                  TransportLimits.STANDARD,
                  RunRecord.Environment.here(Version.number())),
              InstantSource.system());
      new Ready()
          .with("server", active.identity().name().name())
          .with("port", node.port())
          .with("tls", node.tls().title())
          .with("start", node.epoch())
          .with("data", folder)
          .say(spec, common);
      Lifetime.keep(node);
      return ExitCode.DONE.code();
    } catch (KitException e) {
      throw new CommandException(ExitCode.WRONG_INPUT, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(ExitCode.FAILED, "the server cannot start: " + e.getMessage(), e);
    }
  }
}
