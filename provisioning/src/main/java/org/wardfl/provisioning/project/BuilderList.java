package org.wardfl.provisioning.project;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.wardfl.certs.KeyType;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// The `builders` of a project file: Python classes, which Ward names but does not run.
///
/// From the arguments of `CertBuilder` it takes the lifetimes and the kind of keys.
final class BuilderList {

  private static final Set<String> DONE_BY_WARD =
      Set.of(
          "WorkspaceBuilder",
          "TemplateBuilder",
          "StaticFileBuilder",
          "CertBuilder",
          "SignatureBuilder");
  private static final long MAX_DAYS = 36500;

  private BuilderList() {}

  static CertificateSettings read(YamlMapping root, List<String> warnings) throws YamlException {
    var settings = CertificateSettings.DEFAULT;
    var builders = root.optionalList("builders");
    if (builders.isEmpty()) {
      return settings;
    }
    for (var builder : builders.get().mappings()) {
      builder.only("path", "name", "args");
      var path = builder.string(builder.has("path") ? "path" : "name");
      var simpleName = path.substring(path.lastIndexOf('.') + 1);
      if (!DONE_BY_WARD.contains(simpleName)) {
        warnings.add("builder " + path + " is left out: Ward does not know it");
      }
      var arguments = builder.optionalMapping("args");
      if (arguments.isPresent() && simpleName.equals("CertBuilder")) {
        settings = settings(arguments.get());
      } else if (arguments.isPresent() && simpleName.equals("StaticFileBuilder")) {
        var unused =
            arguments.get().keys().stream()
                .filter(key -> !key.equals("config_folder") && !key.equals("require_signed_jobs"))
                .toList();
        if (!unused.isEmpty()) {
          warnings.add("arguments " + unused + " of " + simpleName + " are not used");
        }
      }
    }
    return settings;
  }

  private static CertificateSettings settings(YamlMapping arguments) throws YamlException {
    arguments.only("root_valid_days", "intermediate_valid_days", "leaf_valid_days", "key_type");
    var standard = CertificateSettings.DEFAULT;
    try {
      return new CertificateSettings(
          arguments.choice("key_type", KeyType.class, standard.keyType()),
          days(arguments, "root_valid_days", standard.root()),
          days(arguments, "intermediate_valid_days", standard.intermediate()),
          days(arguments, "leaf_valid_days", standard.leaf()));
    } catch (IllegalArgumentException e) {
      throw arguments.error("leaf_valid_days", String.valueOf(e.getMessage()));
    }
  }

  private static Duration days(YamlMapping arguments, String key, Duration standard)
      throws YamlException {
    long days = arguments.integer(key, standard.toDays());
    if (days < 1 || days > MAX_DAYS) {
      throw arguments.error(key, "found " + days + ", expected 1 to " + MAX_DAYS + " days");
    }
    return Duration.ofDays(days);
  }
}
