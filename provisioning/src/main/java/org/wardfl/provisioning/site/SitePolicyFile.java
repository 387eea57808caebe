package org.wardfl.provisioning.site;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.wardfl.provisioning.rights.AuthorizationPolicy;
import org.wardfl.provisioning.rights.Condition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlScalar;

/// A site's `site.yaml`: what this site allows, whatever the server says.
///
/// What the file does not say is not allowed.
///
/// @param rights who may do what
/// @param datasets what jobs may name, by name; `*` stands for every name that is not among them
/// @param algorithms which algorithms may run
/// @param ownCode whether a job may bring its own code
/// @param resources what of the machine jobs may use
/// @param hours when tasks may begin
/// @param privacy what may leave, by study and dataset
/// @param streamsLogs whether the output of jobs may leave while they run; it may quote patients
/// @param python the Python that jobs run on; empty if there is none
/// @param bundles what is set in bundles, by name; `*` stands for every name that is not among them
/// @param samples where sample pictures of jobs are kept; empty if none are
public record SitePolicyFile(
    AuthorizationPolicy rights,
    Map<String, Dataset> datasets,
    Algorithms algorithms,
    OwnCode ownCode,
    OfferedResources resources,
    OpeningHours hours,
    List<PrivacyScope> privacy,
    boolean streamsLogs,
    Optional<Path> python,
    Map<String, BundleSettings> bundles,
    Optional<Path> samples) {

  static final String EVERY_NAME = "*";
  private static final long DEFAULT_MINIMUM = 20;
  private static final long MAX_PATIENTS = 1_000_000_000;

  /// Copies.
  public SitePolicyFile {
    datasets = Map.copyOf(datasets);
    bundles = Map.copyOf(bundles);
    privacy = List.copyOf(privacy);
  }

  /// The scopes that a job of this study on this dataset is in.
  ///
  /// @param dataset empty for a job without data
  public List<PrivacyScope> scopes(String study, String dataset) {
    return privacy.stream().filter(scope -> scope.covers(study, dataset)).toList();
  }

  /// What statistics may leave for a job of this study on this dataset: what all its scopes allow,
  /// and the standard where none says anything.
  ///
  /// @param dataset empty for a job without data
  public StatisticsRules statistics(String study, String dataset) {
    return scopes(study, dataset).stream()
        .flatMap(scope -> scope.statistics().stream())
        .reduce(StatisticsRules::and)
        .orElse(StatisticsRules.STANDARD);
  }

  /// What a job gets that names this dataset; empty if it is not declared.
  public Optional<Dataset> dataset(String name) {
    return Optional.ofNullable(datasets.getOrDefault(name, datasets.get(EVERY_NAME)));
  }

  /// What is set in a bundle of this name; empty if nothing is.
  public Optional<BundleSettings> bundle(String name) {
    return Optional.ofNullable(bundles.getOrDefault(name, bundles.get(EVERY_NAME)));
  }

  /// One dataset.
  ///
  /// @param path where it lies; relative to the file's folder
  /// @param minimum below how many patients the site stays silent
  /// @param patients how many there are, where the owner says so; a table's rows can be counted
  /// @param usedBy who may use it; `submitter` is the one whose job it is
  public record Dataset(Path path, long minimum, OptionalLong patients, Condition usedBy) {}

  /// Which algorithms may run.
  ///
  /// @param any whether all may
  /// @param names those that may, where not all may: ids, `java` for any class that a job brings,
  ///   `python` for any Python that a job brings, `sha256:<digits>` for the code that a job brings
  ///   whose hash this is, and `python:module:Class` for a class that is installed here
  public record Algorithms(boolean any, List<String> names) {

    private static final String CODE = "sha256:";
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]{0,63}");
    private static final Pattern INSTALLED = Pattern.compile("python:[\\w.]{1,200}:[\\w.]{1,200}");
    private static final Pattern HASH = Pattern.compile(CODE + "[0-9a-f]{64}");

    /// Copies.
    public Algorithms {
      names = List.copyOf(names);
    }

    /// Whether this one may run.
    public boolean allow(String name) {
      return any || names.contains(name);
    }

    /// Whether the code with this SHA-256 may run, by its hash.
    public boolean allowCode(String sha256) {
      return any || names.contains(CODE + sha256);
    }

    static boolean isName(String text) {
      return NAME.matcher(text).matches()
          || HASH.matcher(text).matches()
          || INSTALLED.matcher(text).matches();
    }
  }

  /// Reads a file.
  ///
  /// @throws YamlException if it breaks a rule; the caller then allows nothing
  public static SitePolicyFile read(Path file) throws YamlException, IOException {
    return of(YamlFile.read(file), file.toAbsolutePath().normalize().resolveSibling(""));
  }

  /// Reads a file whose owner is known to have written it.
  ///
  /// @throws YamlException if it breaks a rule; the caller then allows nothing
  public static SitePolicyFile of(OwnersFile file) throws YamlException {
    return of(
        YamlFile.parse(String.valueOf(file.path().getFileName()), file.text()),
        file.path().resolveSibling(""));
  }

  /// Reads what a YAML file says.
  ///
  /// @param folder which relative paths start from
  public static SitePolicyFile of(YamlMapping root, Path folder) throws YamlException {
    root.only(
        "rights",
        "datasets",
        "algorithms",
        "own_code",
        "resources",
        "hours",
        "privacy",
        "logs",
        "python",
        "bundles",
        "samples");
    var rights = root.optionalMapping("rights");
    var datasets = datasets(root.optionalMapping("datasets"), folder);
    return new SitePolicyFile(
        rights.isPresent() ? AuthorizationPolicy.read(rights.get()) : AuthorizationPolicy.denyAll(),
        datasets,
        algorithms(root),
        OwnCode.read(root),
        OfferedResources.read(root.optionalMapping("resources")),
        OpeningHours.read(root),
        PrivacyScope.read(root.optionalMapping("privacy"), datasets.keySet()),
        streamsLogs(root),
        python(root),
        BundleSettings.read(root.optionalMapping("bundles")),
        root.has("samples")
            ? Optional.of(folder.resolve(root.string("samples")))
            : Optional.empty());
  }

  private static boolean streamsLogs(YamlMapping root) throws YamlException {
    var word = root.string("logs", "keep");
    return switch (word) {
      case "keep" -> false;
      case "stream" -> true;
      default -> throw root.error("logs", "found '" + word + "', expected keep or stream");
    };
  }

  private static Optional<Path> python(YamlMapping root) throws YamlException {
    if (!root.has("python")) {
      return Optional.empty();
    }
    var path = Path.of(root.string("python"));
    if (!path.isAbsolute()) {
      throw root.error(
          "python", "found '" + path + "', expected an absolute path such as /usr/bin/python3");
    }
    return Optional.of(path);
  }

  private static Map<String, Dataset> datasets(Optional<YamlMapping> datasets, Path folder)
      throws YamlException {
    var read = new LinkedHashMap<String, Dataset>();
    if (datasets.isPresent()) {
      for (var name : datasets.get().keys()) {
        if (!name.equals(EVERY_NAME) && !name.matches("[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")) {
          throw datasets
              .get()
              .error(name, "expected a dataset's name of 1 to 64 letters, digits, _ . and -, or *");
        }
        var dataset = datasets.get().mapping(name).only("path", "minimum", "patients", "used_by");
        read.put(
            name,
            new Dataset(
                folder.resolve(dataset.string("path")),
                patients(dataset, "minimum").orElse(DEFAULT_MINIMUM),
                patients(dataset, "patients"),
                Condition.read(dataset, "used_by")));
      }
    }
    return read;
  }

  private static OptionalLong patients(YamlMapping dataset, String key) throws YamlException {
    if (!dataset.has(key)) {
      return OptionalLong.empty();
    }
    long number = dataset.integer(key);
    if (number < 0 || number > MAX_PATIENTS) {
      throw dataset.error(key, "found " + number + ", expected a number of patients");
    }
    return OptionalLong.of(number);
  }

  private static Algorithms algorithms(YamlMapping root) throws YamlException {
    if (!root.has("algorithms")) {
      return new Algorithms(false, List.of());
    }
    if (root.node("algorithms") instanceof YamlScalar word) {
      return switch (word.text()) {
        case "any" -> new Algorithms(true, List.of());
        case "none" -> new Algorithms(false, List.of());
        default ->
            throw root.error(
                "algorithms", "found '" + word.text() + "', expected any, none or a list of names");
      };
    }
    var names = root.strings("algorithms");
    for (var name : names) {
      if (!Algorithms.isName(name)) {
        throw root.error(
            "algorithms",
            "found '"
                + name
                + "', expected an algorithm's id, java, sha256: and 64 digits, python, or"
                + " python:module:Class");
      }
    }
    return new Algorithms(false, names);
  }
}
