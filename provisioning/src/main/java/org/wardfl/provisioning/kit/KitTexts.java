package org.wardfl.provisioning.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wardfl.certs.LeafProfile;
import org.wardfl.provisioning.rights.AuthorizationPolicy;

/// The files of a kit that are for people: explanations, the owner's settings, start scripts.
final class KitTexts {

  // The sum of what a job's processes take can be bounded in groups that the client itself makes.
  private static final String DELEGATE =
      """
      # The client makes a control group for each process that runs a job's own code: see its sandbox
      # in docs/site-policy.md. `ward site status` says whether it can.
      Delegate=memory pids
      """;

  private KitTexts() {}

  /// What the project signs, by file name.
  static Map<String, String> signed(KitName name) {
    var texts = new LinkedHashMap<String, String>();
    texts.put(KitLayout.KIT, name.text());
    switch (name.name().profile()) {
      case SERVER -> {
        texts.put("README.txt", fill("README-server.txt", name));
        texts.put("start.sh", fill("start.sh", name));
        texts.put("ward.service", fill("ward.service", name));
      }
      case SITE -> {
        texts.put("README.txt", fill("README-site.txt", name));
        texts.put("start.sh", fill("start.sh", name));
        texts.put("ward.service", fill("ward.service", name));
      }
      case USER, SIGNER -> texts.put("README.txt", fill("README-user.txt", name));
    }
    return texts;
  }

  /// What the owner edits, by file name.
  static Map<String, String> owners(KitName name) {
    return switch (name.name().profile()) {
      case SERVER -> Map.of(KitLayout.SERVER, fill("server.yaml", name));
      case SITE -> Map.of(KitLayout.SITE, fill("site.yaml", name));
      case USER, SIGNER -> Map.of();
    };
  }

  private static String fill(String resource, KitName name) {
    return read(resource)
        .replace("@RIGHTS@", AuthorizationPolicy.DEFAULT_TEXT.indent(2))
        .replace("@NAME@", name.name().name())
        .replace("@PROJECT@", name.name().project())
        .replace("@ORGANIZATION@", name.organization())
        .replace("@ROLE@", name.name().role())
        .replace("@SERVER@", name.address().toString())
        .replace("@PORT@", Integer.toString(name.address().port()))
        .replace("@WHAT@", name.name().profile() == LeafProfile.SERVER ? "server" : "client")
        .replace("@DELEGATE@", name.name().profile() == LeafProfile.SITE ? DELEGATE : "");
  }

  private static String read(String resource) {
    try (var input = KitTexts.class.getResourceAsStream(resource)) {
      if (input == null) {
        throw new IllegalStateException("resource " + resource + " is missing");
      }
      return new String(input.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
