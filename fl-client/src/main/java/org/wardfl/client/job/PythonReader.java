package org.wardfl.client.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.bundle.BundleException;
import org.wardfl.algo.bundle.BundleFiles;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// Reads an algorithm that runs in Python, or a bundle. Nothing of it is executed here: what a
/// module holds, only the sites' Python can tell.
///
/// @param folder the job folder
record PythonReader(Path folder) {

  AlgorithmDefinition read(YamlMapping yaml, Arguments arguments) throws YamlException {
    var type = yaml.string("type");
    return type.equals(AlgorithmDefinition.BUNDLE)
        ? bundle(yaml, arguments)
        : python(yaml, arguments);
  }

  private AlgorithmDefinition bundle(YamlMapping yaml, Arguments arguments) throws YamlException {
    yaml.only("type", "engine", "bundle", "args");
    var engine = yaml.string("engine");
    if (!List.of(AlgorithmDefinition.MONAI, AlgorithmDefinition.NATIVE).contains(engine)) {
      throw yaml.error(
          "engine",
          "found '"
              + engine
              + "', expected "
              + AlgorithmDefinition.MONAI
              + " or "
              + AlgorithmDefinition.NATIVE);
    }
    var name = yaml.string("bundle");
    var bundle =
        name.endsWith(".zip") ? pathInFolder(yaml, "bundle", name) : inFolder(yaml, "bundle", name);
    try (var files = BundleFiles.open(bundle)) {
      if (!files.has("configs/metadata.json")) {
        throw yaml.error(
            "bundle", "'" + name + "' has no configs/metadata.json, so it is no MONAI bundle");
      }
    } catch (BundleException e) {
      throw yaml.error("bundle", String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw yaml.error("bundle", "'" + name + "' cannot be read: " + e.getMessage());
    }
    return definition(
        AlgorithmDefinition.BUNDLE,
        Optional.empty(),
        Optional.of(relative(bundle)),
        Optional.of(engine),
        arguments);
  }

  private AlgorithmDefinition python(YamlMapping yaml, Arguments arguments) throws YamlException {
    yaml.only("type", "class", "script", "code", "args");
    if (yaml.has("class") == yaml.has("script")) {
      throw yaml.error(
          "type", "type python needs either class (module:Class) or script (a file of the job)");
    }
    var given = yaml.has("code") ? yaml.string("code") : ".";
    var code = inFolder(yaml, "code", given);
    if (yaml.has("script")) {
      var script = yaml.string("script");
      if (!Files.isRegularFile(code.resolve(script))) {
        throw yaml.error("script", "there is no file '" + script + "' in " + where(given));
      }
      return definition(
          AlgorithmDefinition.PYTHON,
          Optional.of(script),
          Optional.of(relative(code)),
          Optional.empty(),
          arguments);
    }
    var name = yaml.string("class");
    int end = name.indexOf(':');
    if (end < 0) {
      throw yaml.error(
          "class", "found '" + name + "', expected module:Class, such as my_module:MyAlgo");
    }
    boolean brought = isModule(code, name.substring(0, end));
    if (!brought && yaml.has("code")) {
      throw yaml.error(
          "class", "there is no module '" + name.substring(0, end) + "' in " + where(given));
    }
    return definition(
        AlgorithmDefinition.PYTHON,
        Optional.of(name),
        brought ? Optional.of(relative(code)) : Optional.empty(),
        Optional.empty(),
        arguments);
  }

  private static AlgorithmDefinition definition(
      String type,
      Optional<String> name,
      Optional<String> code,
      Optional<String> engine,
      Arguments arguments) {
    return new AlgorithmDefinition(type, Optional.empty(), name, code, engine, arguments);
  }

  /// A module that is not in the job is one that the sites have installed.
  private static boolean isModule(Path code, String module) {
    int dot = module.indexOf('.');
    var top = dot < 0 ? module : module.substring(0, dot);
    return Files.isRegularFile(code.resolve(top + ".py")) || Files.isDirectory(code.resolve(top));
  }

  private static String where(String given) {
    return given.equals(".") ? "the job folder" : "'" + given + "'";
  }

  private String relative(Path path) {
    var text = folder.normalize().relativize(path).toString();
    return text.isEmpty() ? "." : text;
  }

  private Path pathInFolder(YamlMapping yaml, String key, String name) throws YamlException {
    var path = folder.resolve(name).normalize();
    if (!path.startsWith(folder.normalize())) {
      throw yaml.error(key, "'" + name + "' is outside the job folder");
    }
    return path;
  }

  private Path inFolder(YamlMapping yaml, String key, String name) throws YamlException {
    var path = pathInFolder(yaml, key, name);
    if (!Files.isDirectory(path)) {
      throw yaml.error(key, "there is no folder '" + name + "' in the job folder");
    }
    return path;
  }
}
