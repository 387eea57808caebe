package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.KitRequest;
import org.wardfl.provisioning.state.Enrolment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward cert approve`.
@Command(
    name = "approve",
    mixinStandardHelpOptions = true,
    description = {
      "Approve a request for a certificate, or a renewal.",
      "Call whoever sent a request, at a number from another source, and give the fingerprint that is"
          + " read to you."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward cert approve request.txt --out federation --fingerprint \\",
      "      \"1a2b 3c4d 5e6f 7081 92a3 b4c5 d6e7 f809\""
    })
final class ApproveCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @Parameters(paramLabel = "REQUEST", description = "The file that the participant sent.")
  private Path request;

  @Option(
      names = "--fingerprint",
      paramLabel = "TEXT",
      defaultValue = "",
      description =
          "As the participant read it over the telephone, at least its first 32 digits. Not needed"
              + " for a renewal.")
  private String fingerprint;

  @SuppressWarnings("NullAway.Init")
  ApproveCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::answer);
  }

  private Answer answer() throws KitException, IdentityException, IOException {
    var read = KitRequest.read(InputFile.require(request, "a request for a certificate"));
    var approved =
        new Enrolment(admin.out(), admin.passphrase(), InstantSource.system())
            .approve(read, fingerprint);
    return Answer.done(
        List.of(
            "certificate  "
                + approved.name()
                + ", "
                + approved.role()
                + ", until "
                + approved.notAfter(),
            "answer       " + approved.answer(),
            "Send the answer back; it is no secret. It is installed with 'ward cert install'."),
        Map.of(
            "name", approved.name(),
            "role", approved.role(),
            "notAfter", approved.notAfter().toString(),
            "answer", approved.answer()));
  }
}
