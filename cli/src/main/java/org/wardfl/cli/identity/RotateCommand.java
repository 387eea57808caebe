package org.wardfl.cli.identity;

import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.state.RootRollOver;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert rotate`.
@Command(
    name = "rotate",
    mixinStandardHelpOptions = true,
    description = {
      "Replace the root while the federation goes on: start, issue, finish.",
      "Each step can be repeated. After each, send every participant its update."
    },
    footerHeading = "%nExample:%n",
    footer = "  ward cert rotate start --out federation")
final class RotateCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @Parameters(
      paramLabel = "STEP",
      description =
          "start: make new authorities, and let everyone believe both roots. issue: let the new ones"
              + " issue, and everyone renew. finish: forget the old root.")
  private Step step;

  /// The three steps.
  enum Step {
    START,
    ISSUE,
    FINISH
  }

  @SuppressWarnings("NullAway.Init")
  RotateCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var rollOver = new RootRollOver(admin.out(), admin.passphrase(), InstantSource.system());
    var done =
        switch (step) {
          case START -> rollOver.start();
          case ISSUE -> rollOver.issue();
          case FINISH -> rollOver.finish();
        };
    var lines = new ArrayList<String>();
    lines.add("believed  " + (done.roots() == 1 ? "one root" : "the old root and the new one"));
    done.updates().forEach(update -> lines.add("update    " + update));
    if (!done.waiting().isEmpty()) {
      lines.add("without a certificate of the new root: " + String.join(", ", done.waiting()));
    }
    lines.add("Send every participant its update: ward cert install");
    return Answer.done(
        lines, Map.of("roots", done.roots(), "waiting", done.waiting(), "updates", done.updates()));
  }
}
