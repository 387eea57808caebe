package org.wardfl.algo.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// What a bundle says of itself (MONAI `docs/source/mb_specification.rst`).
///
/// @param version of the bundle
/// @param task in plain words
/// @param description longer
/// @param intendedUse what it is for, and what not
/// @param monaiVersion that it was made with
/// @param inputs names of the network's inputs, each with its format in short
/// @param outputs names of its outputs
public record Metadata(
    String version,
    String task,
    String description,
    String intendedUse,
    String monaiVersion,
    Map<String, String> inputs,
    Map<String, String> outputs) {

  private static final Pattern VERSION =
      Pattern.compile("[0-9]{1,9}\\.[0-9]{1,9}\\.[0-9]{1,9}([-+.][0-9A-Za-z.+-]{1,60})?");
  private static final Pattern EXTENT =
      Pattern.compile("\\*|[0-9]+|([a-z]|[0-9]+)((\\*\\*|\\*|\\+|-)([a-z]|[0-9]+))*");
  private static final Set<String> TYPES =
      Set.of(
          "float16",
          "bfloat16",
          "float32",
          "float64",
          "float",
          "double",
          "int8",
          "uint8",
          "int16",
          "uint16",
          "int32",
          "int64",
          "uint32",
          "uint64",
          "bool");

  /// Copies, keeping the order.
  public Metadata {
    inputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
    outputs = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
  }

  /// Reads and checks.
  ///
  /// @param findings receives what is wrong
  static Metadata read(Node.Mapping root, List<Finding> findings) {
    var check = new Check(findings);
    var version = check.text(root, "version");
    if (!version.isEmpty() && !VERSION.matcher(version).matches()) {
      check.error("version", "'" + version + "', expected three numbers such as 0.1.0");
    }
    for (var key :
        List.of("monai_version", "pytorch_version", "numpy_version", "authors", "copyright")) {
      check.wanted(root, key);
    }
    if (!root.members().containsKey("required_packages_version")) {
      check.warn(
          "required_packages_version",
          root.members().containsKey("optional_packages_version")
              ? "missing; the older optional_packages_version is there"
              : "missing");
    }
    Map<String, String> inputs = Map.of();
    Map<String, String> outputs = Map.of();
    if (root.members().get("network_data_format") instanceof Node.Mapping format) {
      inputs = check.tensors(format, "inputs");
      outputs = check.tensors(format, "outputs");
    } else {
      check.error("network_data_format", "missing, expected inputs and outputs");
    }
    return new Metadata(
        version,
        check.text(root, "task"),
        check.text(root, "description"),
        plain(root.members().get("intended_use")),
        plain(root.members().get("monai_version")),
        inputs,
        outputs);
  }

  private static String plain(org.wardfl.algo.bundle.@org.jspecify.annotations.Nullable Node node) {
    return switch (node) {
      case null -> "";
      case Node.Text(var text) -> text;
      case Node.Whole(var value) -> Long.toString(value);
      case Node.Real(var value) -> Double.toString(value);
      case Node.Truth(var value) -> Boolean.toString(value);
      case Node.Items(var elements) ->
          "[" + String.join(", ", elements.stream().map(Metadata::plain).toList()) + "]";
      case Node.Mapping _, Node.Nothing _ -> "";
    };
  }

  private record Check(List<Finding> findings) {

    void error(String key, String what) {
      findings.add(Finding.error("configs/metadata.json " + key, what));
    }

    void warn(String key, String what) {
      findings.add(Finding.warn("configs/metadata.json " + key, what));
    }

    String text(Node.Mapping root, String key) {
      if (root.members().get(key) instanceof Node.Text(var text)) {
        return text;
      }
      error(key, "missing, expected a text");
      return "";
    }

    void wanted(Node.Mapping root, String key) {
      if (!root.members().containsKey(key)) {
        warn(key, "missing");
      }
    }

    Map<String, String> tensors(Node.Mapping format, String side) {
      var tensors = new LinkedHashMap<String, String>();
      if (!(format.members().get(side) instanceof Node.Mapping(var members)) || members.isEmpty()) {
        error("network_data_format::" + side, "missing or empty, expected tensors by name");
        return tensors;
      }
      members.forEach((name, node) -> {
        var where = "network_data_format::" + side + "::" + name;
        if (node instanceof Node.Mapping tensor) {
          tensors.put(name, tensor(where, tensor));
        } else {
          // The specification allows primitive values beside tensors.
          tensors.put(name, plain(node));
        }
      });
      return tensors;
    }

    private String tensor(String where, Node.Mapping tensor) {
      var members = tensor.members();
      for (var key : List.of("type", "format", "num_channels", "dtype", "is_patch_data")) {
        if (!members.containsKey(key)) {
          warn(where + "::" + key, "missing");
        }
      }
      if (!members.containsKey("modality")) {
        warn(where + "::modality", "missing");
      }
      var dtype = plain(members.get("dtype"));
      if (!dtype.isEmpty() && !TYPES.contains(dtype)) {
        warn(where + "::dtype", "'" + dtype + "' is no type of a tensor");
      }
      if (members.get("value_range") instanceof Node.Items(var range)
          && range.size() != 0
          && range.size() != 2) {
        warn(where + "::value_range", range.size() + " values, expected two or none");
      }
      if (members.get("channel_def") instanceof Node.Mapping(var channels)
          && members.get("num_channels") instanceof Node.Whole(long count)
          && channels.size() != count) {
        warn(where + "::channel_def", channels.size() + " channels, num_channels says " + count);
      }
      shape(where + "::spatial_shape", members.get("spatial_shape"));
      return "%s %s, %s channels, %s"
          .formatted(
              dtype,
              plain(members.get("type")),
              plain(members.get("num_channels")),
              plain(members.get("spatial_shape")));
    }

    private void shape(String where, @org.jspecify.annotations.Nullable Node shape) {
      var wrong = new ArrayList<String>();
      if (shape instanceof Node.Items(var extents)) {
        for (var extent : extents) {
          if (!EXTENT.matcher(plain(extent).replace(" ", "")).matches()) {
            wrong.add(plain(extent));
          }
        }
      }
      if (!wrong.isEmpty()) {
        error(where, wrong + ", expected numbers, * or terms such as 16*n and 2**p");
      }
    }
  }
}
