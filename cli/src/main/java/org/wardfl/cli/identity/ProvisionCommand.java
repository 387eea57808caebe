package org.wardfl.cli.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardfl.certs.IdentityException;
import org.wardfl.cli.CommonOptions;
import org.wardfl.cli.ExitCode;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.project.Participant;
import org.wardfl.provisioning.project.Project;
import org.wardfl.provisioning.project.ProjectFile;
import org.wardfl.provisioning.state.Provisioner;
import org.wardfl.provisioning.yaml.YamlException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `ward provision PROJECT.yml --out DIR`.
@Command(
    name = "provision",
    mixinStandardHelpOptions = true,
    description = {
      "Make a startup kit for every server, site and user of a project.",
      "Run it again with more participants to add theirs; existing keys stay as they are."
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  ward provision project.yml --out federation",
      "  ward provision project.yml --out federation --own-key hospital-a"
    })
public final class ProvisionCommand implements Callable<Integer> {

  private static final String ALL = "all";

  @Parameters(paramLabel = "PROJECT.yml", description = "The project file, as FLARE has it.")
  private Path project;

  @Option(
      names = "--own-key",
      paramLabel = "NAMES",
      split = ",",
      description =
          "Participants that make their own key, or all: their kits come without one, and they ask"
              + " with 'ward cert request'.")
  private List<String> ownKey = List.of();

  @Option(
      names = "--reissue",
      paramLabel = "NAMES",
      split = ",",
      description = "Participants that get a new kit after theirs was revoked.")
  private List<String> reissue = List.of();

  @Mixin private AdminOptions admin;
  @Mixin private CommonOptions common;
  @Spec private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public ProvisionCommand() {}

  @Override
  public Integer call() {
    return Answer.print(spec, common, this::provision);
  }

  private Answer provision() throws KitException, YamlException, IdentityException, IOException {
    var file = ProjectFile.read(project);
    var passphrase =
        Files.exists(admin.out().resolve("state")) ? admin.passphrase() : admin.newPassphrase();
    var result =
        new Provisioner(admin.out(), passphrase, InstantSource.system())
            .provision(file.project(), options(file.project()));
    var document = new LinkedHashMap<String, Object>();
    document.put("project", file.project().name());
    document.put("created", result.created());
    document.put("kept", result.kept());
    document.put("root", result.rootFingerprint());
    document.put("kits", admin.out().resolve("kits"));
    document.put("zips", admin.out().resolve("zips"));
    document.put("passwords", admin.out().resolve("passwords"));
    var notes = new ArrayList<>(file.warnings());
    notes.addAll(result.notes());
    document.put("notes", notes);
    return new Answer(ExitCode.DONE, lines(file.project(), result), document, notes);
  }

  private Provisioner.Options options(Project read) {
    var own = new LinkedHashSet<>(ownKey);
    if (own.remove(ALL)) {
      read.participants().stream()
          .filter(participant -> !(participant instanceof Participant.Server))
          .map(Participant::name)
          .forEach(own::add);
    }
    return new Provisioner.Options(own, Set.copyOf(reissue));
  }

  private List<String> lines(Project read, Provisioner.Result result) {
    var lines = new ArrayList<String>();
    lines.add(
        "project "
            + read.name()
            + ": "
            + result.created().size()
            + " kits made, "
            + result.kept().size()
            + " kept");
    for (var name : result.created()) {
      lines.add("  " + admin.out().resolve("zips").resolve(name + ".zip"));
    }
    lines.add("root     " + result.rootFingerprint());
    if (!result.created().isEmpty()) {
      lines.add(
          "Send each participant its zip, and its password ("
              + admin.out().resolve("passwords")
              + ") in another way. Read the root's fingerprint to those who call.");
    }
    return lines;
  }
}
