package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.node.AdministratorOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
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
          + " read to you. A renewal that waits at the server is approved without a call: --waiting."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward cert approve request.txt --out federation --fingerprint \\",
      "      \"1a2b 3c4d 5e6f 7081 92a3 b4c5 d6e7 f809\"",
      "  ward cert approve --waiting hospital-a --kit admin@uni.org --out federation"
    })
final class ApproveCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  @Mixin private AdminOptions admin;

  @Mixin private AdministratorOptions server;

  @Parameters(
      arity = "0..1",
      paramLabel = "REQUEST",
      description = "The file that the participant sent.")
  private @Nullable Path request;

  @Option(
      names = "--waiting",
      paramLabel = "NAME",
      description =
          "Instead of a file: the participant whose renewal waits at the server. --kit is then yours;"
              + " the answer is brought to the server.")
  private @Nullable String waiting;

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
  public Integer call() throws InterruptedException {
    var file = request;
    var name = waiting;
    if (file != null && name == null) {
      return Answer.print(spec, common, () -> answer(file));
    }
    if (file == null && name != null) {
      var approved = server.ask((desk, _) -> online(desk, name));
      return Answer.print(spec, common, () -> approved);
    }
    throw new CommandException(
        ExitCode.WRONG_INPUT, "expected either the file of a request or --waiting NAME");
  }

  private Answer online(AdminSession desk, String name) throws LinkException, IOException {
    var all = desk.requests();
    var found =
        all.stream()
            .filter(it -> RequestsCommand.name(it).name().equals(name))
            .findFirst()
            .orElseThrow(() ->
                new CommandException(
                    ExitCode.WRONG_INPUT,
                    "no renewal of '"
                        + name
                        + "' waits at the server; expected one of "
                        + all.stream().map(it -> RequestsCommand.name(it).name()).toList()));
    var read = RequestsCommand.decode(found);
    if (read.renewal().isEmpty()) {
      throw new CommandException(
          ExitCode.WRONG_INPUT, "the request of " + name + " is no renewal; it is not approved");
    }
    var approved =
        Answer.orFail(() ->
            new Enrolment(admin.out(), admin.passphrase(), InstantSource.system())
                .approveAgain(read));
    desk.answer(found.name(), Files.readAllBytes(approved.answer()));
    return shown(approved, "The server hands it to the participant, which installs it by itself.");
  }

  private Answer answer(Path file) throws KitException, IdentityException, IOException {
    var read = KitRequest.read(InputFile.require(file, "a request for a certificate"));
    return shown(
        new Enrolment(admin.out(), admin.passphrase(), InstantSource.system())
            .approve(read, fingerprint),
        "Send the answer back; it is no secret. It is installed with 'ward cert install'.");
  }

  private static Answer shown(Enrolment.Answer approved, String next) {
    return Answer.done(
        List.of(
            "certificate  "
                + approved.name()
                + ", "
                + approved.role()
                + ", until "
                + approved.notAfter(),
            "answer       " + approved.answer(),
            next),
        Map.of(
            "name", approved.name(),
            "role", approved.role(),
            "notAfter", approved.notAfter().toString(),
            "answer", approved.answer()));
  }
}
