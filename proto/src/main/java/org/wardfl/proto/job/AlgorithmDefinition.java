package org.wardfl.proto.job;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wardfl.algo.Arguments;

/// What runs at the sites.
///
/// @param type the id of a [org.wardfl.algo.ClientAlgoFactory], `java` for a class that the job
///   brings, `python` for one in Python, `bundle` for a MONAI bundle
/// @param jar for `java`: the job's file that holds the class, relative to the job folder
/// @param className for `java`: the fully qualified name of a [org.wardfl.algo.ClientAlgo] with a
///   public constructor without parameters; for `python`: `module:Class`, or the file name of a
///   script
/// @param code for `python`: the folder, relative to the job folder, with the modules that the job
///   brings; empty if they are installed at the sites. For `bundle`: the bundle's folder or ZIP
///   file
/// @param engine for `bundle`: what runs it, `monai` or `native`
/// @param arguments handed to the algorithm
public record AlgorithmDefinition(
    String type,
    Optional<String> jar,
    Optional<String> className,
    Optional<String> code,
    Optional<String> engine,
    Arguments arguments) {

  /// The type of an algorithm that the job brings as a class in a jar.
  public static final String JAVA = "java";

  /// The type of an algorithm in Python.
  public static final String PYTHON = "python";

  /// The type of a MONAI bundle.
  public static final String BUNDLE = "bundle";

  /// The word in a site's list of algorithms for networks that jobs bring as TorchScript.
  public static final String SCRIPT = "script";

  /// The engine that runs a bundle in MONAI itself.
  public static final String MONAI = "monai";

  /// The engine that trains a bundle without any Python.
  public static final String NATIVE = "native";

  private static final Pattern CLASS =
      Pattern.compile("[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*:[A-Za-z_]\\w*(\\.[A-Za-z_]\\w*)*");
  private static final Pattern PYTHON_SCRIPT = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*\\.py");
  private static final Pattern PATH =
      Pattern.compile("\\.|[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*");

  /// Checks that each type has what belongs to it.
  ///
  /// @throws IllegalArgumentException naming the key
  public AlgorithmDefinition {
    boolean java = type.equals(JAVA);
    boolean python = type.equals(PYTHON);
    boolean bundle = type.equals(BUNDLE);
    if (java != jar.isPresent() || (java || python) != className.isPresent()) {
      throw new IllegalArgumentException(
          "algorithm: `jar` and `class` belong to type java, and type java needs both; found type "
              + type);
    }
    if ((code.isPresent() && !python && !bundle) || (bundle && code.isEmpty())) {
      throw new IllegalArgumentException(
          "algorithm: code belongs to type python and a folder to type bundle; found type " + type);
    }
    if (python) {
      checkPython(className.orElseThrow(), code);
    }
    if (code.isPresent() && !PATH.matcher(code.get()).matches()) {
      throw new IllegalArgumentException(
          "algorithm: found '" + code.get() + "', expected a folder of the job");
    }
    boolean known = engine.orElse(MONAI).equals(MONAI) || engine.orElse(MONAI).equals(NATIVE);
    if (bundle != engine.isPresent() || !known) {
      throw new IllegalArgumentException(
          "algorithm.engine: found "
              + engine.orElse("none")
              + ", expected "
              + MONAI
              + " or "
              + NATIVE
              + " for type bundle, and none for others");
    }
    if (engine.orElse(MONAI).equals(NATIVE) && arguments.has(BUNDLE)) {
      throw new IllegalArgumentException("algorithm.args: `bundle` is a key of algorithm itself");
    }
    if (!java && !python && !bundle) {
      checkScript(arguments);
    }
  }

  /// An algorithm that is neither in Python nor a bundle.
  ///
  /// @throws IllegalArgumentException naming the key
  public AlgorithmDefinition(
      String type, Optional<String> jar, Optional<String> className, Arguments arguments) {
    this(type, jar, className, Optional.empty(), Optional.empty(), arguments);
  }

  private static void checkPython(String name, Optional<String> code) {
    boolean script = PYTHON_SCRIPT.matcher(name).matches();
    if (!script && !CLASS.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "algorithm.class: found '" + name + "', expected module:Class, such as my_module:MyAlgo");
    }
    if (script && code.isEmpty()) {
      throw new IllegalArgumentException("algorithm.script: the job has no script '" + name + "'");
    }
  }

  private static void checkScript(Arguments arguments) {
    if (!(arguments.values().get("network") instanceof Map<?, ?> network)
        || !SCRIPT.equals(network.get("type"))) {
      return;
    }
    if (!(network.get("file") instanceof String file) || !PATH.matcher(file).matches()) {
      throw new IllegalArgumentException(
          "algorithm.args.network.file: found "
              + (network.containsKey("file") ? network.get("file") : "nothing")
              + ", expected a TorchScript archive of the job folder, such as network.ts");
    }
  }

  /// The TorchScript archive, relative to the job folder, that an installed algorithm is to train:
  /// `args.network: {type: script, file: FILE}`. Libtorch interprets it, so it is code.
  public Optional<String> torchScript() {
    boolean installed = !type.equals(JAVA) && !type.equals(PYTHON) && !type.equals(BUNDLE);
    return installed
            && arguments.values().get("network") instanceof Map<?, ?> network
            && SCRIPT.equals(network.get("type"))
            && network.get("file") instanceof String file
        ? Optional.of(file)
        : Optional.empty();
  }

  /// Whether the site's Python runs it.
  public boolean needsPython() {
    return type.equals(PYTHON) || engine.orElse("").equals(MONAI);
  }

  /// What the algorithm is given: its arguments, and of a bundle that is trained natively also
  /// where it lies in the job folder.
  public Arguments given() {
    if (!engine.orElse("").equals(NATIVE)) {
      return arguments;
    }
    var given = new LinkedHashMap<>(arguments.values());
    given.put(BUNDLE, code.orElseThrow());
    return new Arguments(given);
  }

  /// Whether it is a script, which has no life beyond one task.
  public boolean isScript() {
    return type.equals(PYTHON) && !className.orElseThrow().contains(":");
  }

  /// Whether the job brings code along, which a site lets run only by its rule for that. The
  /// configuration of a bundle is code for MONAI, which evaluates expressions in it, and data for
  /// the native engine. A network in TorchScript is code.
  public boolean bringsCode() {
    return type.equals(JAVA) || (needsPython() && code.isPresent()) || torchScript().isPresent();
  }

  /// The word for it in a site's list of algorithms: the type; for a class in Python that is
  /// installed there, `python:module:Class`; for a bundle that MONAI runs, `python`.
  public String listedName() {
    if (type.equals(PYTHON) && code.isEmpty()) {
      return type + ":" + className.orElseThrow();
    }
    return needsPython() ? PYTHON : type;
  }
}
