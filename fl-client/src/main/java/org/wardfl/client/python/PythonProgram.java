package org.wardfl.client.python;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.bundle.BundleException;
import org.wardfl.algo.bundle.BundleFiles;
import org.wardfl.algo.bundle.BundleOverrides;
import org.wardfl.algo.bundle.Config;
import org.wardfl.proto.job.AlgorithmDefinition;

/// What Python runs for a job.
///
/// @param kind which of the three
/// @param name `module:Class`, or the script's file name; empty for a bundle
/// @param code the job's folder that holds it; empty for a module that the site has installed
/// @param arguments as the job file gives them
record PythonProgram(Kind kind, String name, Optional<Path> code, Map<String, Object> arguments) {

  /// The kinds of algorithm in Python.
  enum Kind {
    /// A class with MONAI's methods.
    CLASS("class"),
    /// A training script that receives a model and sends one.
    SCRIPT("script"),
    /// A MONAI bundle, run by MONAI.
    BUNDLE("bundle");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  static PythonProgram of(AlgorithmDefinition algorithm, Path jobFolder) {
    var code = algorithm.code().map(path -> jobFolder.resolve(path).toAbsolutePath().normalize());
    var name = algorithm.className().orElse("");
    Kind kind;
    if (algorithm.type().equals(AlgorithmDefinition.BUNDLE)) {
      kind = Kind.BUNDLE;
    } else {
      kind = name.contains(":") ? Kind.CLASS : Kind.SCRIPT;
    }
    return new PythonProgram(kind, name, code, algorithm.arguments().values());
  }

  /// What the site lays over a bundle's configurations: for `train` and `evaluate` the values by
  /// id.
  ///
  /// @throws AlgoException.Configuration if it cannot be laid over this bundle
  Map<String, Map<String, Object>> siteOverrides(Arguments settings)
      throws AlgoException.Configuration {
    if (kind != Kind.BUNDLE || settings.values().isEmpty()) {
      return Map.of();
    }
    var own = BundleOverrides.of(settings);
    var overrides = new Arguments(arguments).nested("overrides").orElseGet(Arguments::none);
    try (var files = BundleFiles.open(code.orElseThrow())) {
      var found = new LinkedHashMap<String, Map<String, Object>>();
      for (var stems : List.of(new String[] {"train"}, new String[] {"train", "evaluate"})) {
        var which = stems[stems.length - 1];
        var names = configurations("config_" + which + "_filename", files, stems);
        if (names.isPresent()) {
          var nodes = BundleOverrides.nodes(overrides.values());
          found.put(which, own.over(Config.read(files, names.get(), nodes)));
        }
      }
      return found;
    } catch (BundleException e) {
      throw new AlgoException.Configuration("the bundle cannot be used: " + e.getMessage());
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// The files that MonaiAlgo will read.
  private Optional<List<String>> configurations(String key, BundleFiles files, String... stems) {
    return switch (arguments.get(key)) {
      case String name when !name.equals("default") -> Optional.of(List.of(name));
      case List<?> names -> Optional.of(names.stream().map(String::valueOf).toList());
      case null, default -> BundleOverrides.configurations(files, stems);
    };
  }

  private static AlgoException.Configuration unreadable(IOException e) {
    return new AlgoException.Configuration(
        "the bundle cannot be read: " + e.getClass().getSimpleName());
  }

  /// Refuses a packed bundle that Python must not unpack.
  ///
  /// @throws AlgoException.Configuration if it leads out of its folder, is too large or damaged
  void checkArchive() throws AlgoException.Configuration {
    if (kind != Kind.BUNDLE || code.isEmpty() || !Files.isRegularFile(code.get())) {
      return;
    }
    try (var _ = BundleFiles.open(code.get())) {
      // Opening it checks every entry of its directory.
    } catch (BundleException e) {
      throw new AlgoException.Configuration(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw unreadable(e);
    }
  }
}
