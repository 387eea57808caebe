package org.wardfl.provisioning.site;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// What a site sets in bundles, whatever they say themselves.
///
/// @param values by name: `batch_size`, `workers`, `cache_rate`, `cache` and `disabled_handlers`,
///   those that are given
public record BundleSettings(Map<String, Object> values) {

  private static final int MOST = 4096;

  /// Copies.
  public BundleSettings {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /// Reads those of all bundles, by the bundle's name; `*` stands for every other.
  static Map<String, BundleSettings> read(Optional<YamlMapping> bundles) throws YamlException {
    var read = new LinkedHashMap<String, BundleSettings>();
    if (bundles.isPresent()) {
      for (var name : bundles.get().keys()) {
        if (!name.equals(SitePolicyFile.EVERY_NAME)
            && !name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")) {
          throw bundles
              .get()
              .error(name, "expected a bundle's name of 1 to 64 letters, digits, _ . and -, or *");
        }
        read.put(name, settings(bundles.get().mapping(name)));
      }
    }
    return read;
  }

  private static BundleSettings settings(YamlMapping mapping) throws YamlException {
    mapping.only("batch_size", "workers", "cache_rate", "cache", "disabled_handlers");
    var values = new LinkedHashMap<String, Object>();
    whole(mapping, "batch_size", 1, values);
    whole(mapping, "workers", 0, values);
    if (mapping.has("cache_rate")) {
      double rate = mapping.number("cache_rate");
      if (!(rate >= 0 && rate <= 1)) {
        throw mapping.error("cache_rate", "found " + rate + ", expected 0 to 1");
      }
      values.put("cache_rate", rate);
    }
    if (mapping.has("cache")) {
      var text = mapping.string("cache");
      if (!text.matches("\\d{1,6}(KiB|MiB|GiB)")) {
        throw mapping.error("cache", "found '" + text + "', expected an amount such as 512MiB");
      }
      values.put("cache", text);
    }
    if (mapping.has("disabled_handlers")) {
      for (var handler : mapping.strings("disabled_handlers")) {
        if (!handler.matches("[A-Za-z_][A-Za-z0-9_]{0,99}")) {
          throw mapping.error(
              "disabled_handlers",
              "found '" + handler + "', expected a class, such as TensorBoardStatsHandler");
        }
      }
      values.put("disabled_handlers", mapping.strings("disabled_handlers"));
    }
    return new BundleSettings(values);
  }

  private static void whole(YamlMapping mapping, String key, int least, Map<String, Object> values)
      throws YamlException {
    if (mapping.has(key)) {
      long number = mapping.integer(key);
      if (number < least || number > MOST) {
        throw mapping.error(key, "found " + number + ", expected " + least + " to " + MOST);
      }
      values.put(key, number);
    }
  }
}
