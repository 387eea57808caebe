package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.StartupKit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward kit verify`.
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    description = "Check that a startup kit is as the project signed it.",
    footerHeading = "%nExample:%n",
    footer = "  ward kit verify hospital-a")
final class VerifyCommand implements Callable<Integer> {

  @Parameters(paramLabel = "DIR", description = "The startup kit.")
  private Path kit;

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @SuppressWarnings("NullAway.Init")
  VerifyCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IOException {
    var opened = StartupKit.open(kit);
    var name = opened.name().name();
    return Answer.done(
        List.of("the kit of " + name.name() + " is as project " + name.project() + " signed it"),
        Map.of("kit", opened.folder(), "name", name.name(), "role", name.role()));
  }
}
