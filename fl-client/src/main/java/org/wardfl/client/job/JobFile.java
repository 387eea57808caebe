package org.wardfl.client.job;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedSet;
import java.util.TreeSet;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.client.filter.Filters;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.DataDefinition;
import org.wardfl.proto.job.FilterDefinition;
import org.wardfl.proto.job.InitialModel;
import org.wardfl.proto.job.JobCodec;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.ResourceRequest;
import org.wardfl.proto.job.WorkflowDefinition;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlScalar;

/// Reads a job folder, `job.yaml` and what it names, into a [JobDefinition]: once, where the job is
/// submitted.
public final class JobFile {

  /// The file that makes a folder a job.
  public static final String NAME = "job.yaml";

  private final Path folder;
  private final AlgorithmCatalog catalog;

  /// A reader of this folder.
  ///
  /// @param catalog the algorithms that jobs may use
  public JobFile(Path folder, AlgorithmCatalog catalog) {
    this.folder = folder;
    this.catalog = catalog;
  }

  /// Reads and checks the job.
  ///
  /// @param known the sites of the federation; `sites: all` means these
  /// @param seed replaces the job's own, if given
  /// @throws JobFileException naming the first thing that is wrong
  /// @throws IOException if a file cannot be read
  public JobDefinition read(SortedSet<SiteName> known, OptionalLong seed)
      throws JobFileException, IOException {
    try {
      var yaml = yaml();
      try {
        var job = definition(yaml, known, seed);
        Contradictions.refuse(yaml, job);
        requireSmall(job);
        return job;
      } catch (IllegalArgumentException e) {
        var message = String.valueOf(e.getMessage());
        throw new JobFileException(
            yaml.error(message)
                .map(located -> String.valueOf(located.getMessage()))
                .orElse(NAME + ": " + message));
      }
    } catch (YamlException e) {
      throw new JobFileException(String.valueOf(e.getMessage()));
    } catch (AlgoException.Configuration e) {
      throw new JobFileException(NAME + ": " + e.getMessage());
    }
  }

  private static void requireSmall(JobDefinition job) throws JobFileException {
    var objection = JobCodec.objection(job);
    if (objection.isPresent()) {
      throw new JobFileException(NAME + ": " + objection.get());
    }
  }

  /// The sites that the job names itself; empty if it says `all`.
  ///
  /// @throws JobFileException if that cannot be read
  /// @throws IOException if the file cannot be read
  public SortedSet<SiteName> namedSites() throws JobFileException, IOException {
    try {
      var yaml = yaml();
      return isAll(yaml) ? new TreeSet<>() : names(yaml, "sites");
    } catch (YamlException e) {
      throw new JobFileException(String.valueOf(e.getMessage()));
    }
  }

  private YamlMapping yaml() throws JobFileException, YamlException, IOException {
    var file = folder.resolve(NAME);
    if (Files.isRegularFile(folder)) {
      throw new JobFileException(folder + " is a file; expected the folder that holds a " + NAME);
    }
    if (!Files.isDirectory(folder)) {
      throw new JobFileException(
          "there is no job folder " + folder + "; expected a folder with a " + NAME);
    }
    if (!Files.isRegularFile(file)) {
      throw new JobFileException(
          "there is no " + NAME + " in " + folder + ", so it is no job folder");
    }
    return YamlFile.read(file);
  }

  private static boolean isAll(YamlMapping yaml) throws YamlException {
    return !yaml.has("sites")
        || (yaml.node("sites") instanceof YamlScalar scalar && scalar.text().equals("all"));
  }

  private JobDefinition definition(YamlMapping yaml, SortedSet<SiteName> known, OptionalLong seed)
      throws YamlException, AlgoException.Configuration, IOException {
    yaml.only(
        "name",
        "study",
        "sites",
        "min_sites",
        "mandatory_sites",
        "sample",
        "seed",
        "workflow",
        "algorithm",
        "initial_model",
        "data",
        "filters",
        "resources",
        "deadline");
    var sites = sites(yaml, known);
    var algorithm = algorithm(yaml.mapping("algorithm"));
    var data = data(yaml);
    var initialModel = initialModel(yaml);
    var workflows = workflows(yaml);
    boolean madeHere =
        initialModel instanceof InitialModel.Random
            && workflows.stream().anyMatch(WorkflowDefinition::needsModel);
    checkAlgorithm(yaml, algorithm, data, workflows, madeHere);
    return new JobDefinition(
        yaml.string("name"),
        yaml.string("study", "default"),
        sites,
        yaml.int32("min_sites"),
        names(yaml, "mandatory_sites"),
        yaml.int32("sample", 0),
        seed.orElse(yaml.integer("seed", 0)),
        workflows,
        algorithm,
        initialModel,
        data,
        filters(yaml),
        resources(yaml),
        yaml.duration("deadline", Duration.ofHours(24)));
  }

  private static SortedSet<SiteName> sites(YamlMapping yaml, SortedSet<SiteName> known)
      throws YamlException {
    if (isAll(yaml)) {
      return known;
    }
    var sites = names(yaml, "sites");
    for (var site : sites) {
      if (!known.contains(site)) {
        throw yaml.error(
            "sites", "there is no site " + site + " in this federation; there are " + known);
      }
    }
    return sites;
  }

  private static SortedSet<SiteName> names(YamlMapping yaml, String key) throws YamlException {
    var names = new TreeSet<SiteName>();
    for (var name : yaml.strings(key, List.of())) {
      try {
        names.add(new SiteName(name));
      } catch (IllegalArgumentException e) {
        throw yaml.error(key, String.valueOf(e.getMessage()));
      }
    }
    return names;
  }

  private static List<WorkflowDefinition> workflows(YamlMapping yaml) throws YamlException {
    var mappings =
        yaml.node("workflow") instanceof YamlMapping one
            ? List.of(one)
            : yaml.list("workflow").mappings();
    var workflows = new ArrayList<WorkflowDefinition>();
    for (var mapping : mappings) {
      workflows.add(WorkflowReader.read(mapping));
    }
    return workflows;
  }

  private AlgorithmDefinition algorithm(YamlMapping yaml) throws YamlException {
    var type = yaml.string("type");
    if (type.equals(AlgorithmDefinition.PYTHON) || type.equals(AlgorithmDefinition.BUNDLE)) {
      return new PythonReader(folder).read(yaml, arguments(yaml.optionalMapping("args")));
    }
    yaml.only("type", "jar", "class", "args");
    Optional<String> jar = yaml.has("jar") ? Optional.of(yaml.string("jar")) : Optional.empty();
    Optional<String> className =
        yaml.has("class") ? Optional.of(yaml.string("class")) : Optional.empty();
    return new AlgorithmDefinition(type, jar, className, arguments(yaml.optionalMapping("args")));
  }

  private static DataDefinition data(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("data");
    if (mapping.isEmpty()) {
      return DataDefinition.none();
    }
    var settings = new LinkedHashMap<>(mapping.get().plain());
    settings.remove("dataset");
    return new DataDefinition(mapping.get().string("dataset"), new Arguments(settings));
  }

  private InitialModel initialModel(YamlMapping yaml) throws YamlException, IOException {
    var text = yaml.string("initial_model", "random");
    if (text.equals("random")) {
      return new InitialModel.Random();
    }
    try (var _ = ModelFile.open(inFolder(yaml, "initial_model", text))) {
      return new InitialModel.FromFile(text);
    } catch (ModelFileException e) {
      throw yaml.error("initial_model", String.valueOf(e.getMessage()));
    }
  }

  private static List<FilterDefinition> filters(YamlMapping yaml) throws YamlException {
    var filters = new ArrayList<FilterDefinition>();
    var list = yaml.optionalList("filters");
    if (list.isPresent()) {
      for (var mapping : list.get().mappings()) {
        mapping.only("type", "args");
        var definition =
            new FilterDefinition(
                mapping.string("type"), arguments(mapping.optionalMapping("args")));
        try {
          Filters.of(definition);
        } catch (AlgoException.Configuration e) {
          throw located(mapping, "type", e);
        }
        filters.add(definition);
      }
    }
    return filters;
  }

  private static ResourceRequest resources(YamlMapping yaml) throws YamlException {
    var mapping = yaml.optionalMapping("resources");
    if (mapping.isEmpty()) {
      return new ResourceRequest(0, 1, 2L << 30);
    }
    var resources = mapping.get().only("gpus", "cpu_threads", "memory");
    return new ResourceRequest(
        resources.int32("gpus", 0),
        resources.int32("cpu_threads", 1),
        resources.bytes("memory", 2L << 30));
  }

  /// Refuses here what would otherwise fail at every site.
  private void checkAlgorithm(
      YamlMapping yaml,
      AlgorithmDefinition algorithm,
      DataDefinition data,
      List<WorkflowDefinition> workflows,
      boolean madeHere)
      throws YamlException, AlgoException.Configuration {
    var mapping = yaml.mapping("algorithm");
    if (algorithm.jar().isPresent()) {
      inFolder(mapping, "jar", algorithm.jar().get());
      // Making one shows that the class is there and is what it should be.
      var _ = catalog.create(algorithm, folder);
      return;
    }
    if (algorithm.needsPython()) {
      // Only the site's Python can tell more.
      if (madeHere && algorithm.isScript()) {
        throw yaml.error(
            "initial_model",
            "a script cannot make a first model; expected a model file of the job folder");
      }
      return;
    }
    var factory =
        catalog
            .factory(algorithm.type())
            .orElseThrow(() ->
                mapping.error(
                    "type",
                    "found '"
                        + algorithm.type()
                        + "', expected one of "
                        + String.join(", ", catalog.types())));
    try {
      // Absolute, so that what lies within it can be told also where it is the folder `.`.
      factory.check(folder.toAbsolutePath(), algorithm.given(), data.settings());
    } catch (AlgoException.Configuration e) {
      throw located(mapping, "args", e);
    }
    var misfit =
        factory.need(algorithm.given()).flatMap(need -> MethodCheck.objection(need, workflows));
    if (misfit.isPresent()) {
      throw mapping.error("args", misfit.get());
    }
    for (var workflow : workflows) {
      var kind = workflow.needsModel() ? TaskKind.EVALUATE : TaskKind.DATA_STATS;
      if (!factory.supports().contains(kind)) {
        throw mapping.error(
            "type",
            algorithm.type()
                + (workflow.needsModel() ? " only describes data" : " cannot describe data")
                + ", which is not what a workflow of type "
                + workflow.type()
                + " needs");
      }
      if (workflow instanceof WorkflowDefinition.Statistics statistics) {
        factory.check(statistics.request(), data.settings());
      }
    }
    if (madeHere && !factory.supports().contains(TaskKind.INITIAL)) {
      throw yaml.error(
          "initial_model",
          algorithm.type() + " cannot make a first model; expected a model file of the job folder");
    }
  }

  /// What is wrong with arguments, at the one that it is about, or else at a key beside them.
  private static YamlException located(
      YamlMapping mapping, String otherwise, AlgoException.Configuration e) throws YamlException {
    var message = String.valueOf(e.getMessage());
    var first = e.key().split("\\.", 2)[0];
    return mapping.has("args") && mapping.mapping("args").has(first)
        ? mapping.mapping("args").errorWithin(e.key(), message, e.known())
        : mapping.error(otherwise, message);
  }

  private Path inFolder(YamlMapping yaml, String key, String name) throws YamlException {
    var path = folder.resolve(name).normalize();
    if (!path.startsWith(folder.normalize()) || path.equals(folder.normalize())) {
      throw yaml.error(key, "'" + name + "' is outside the job folder");
    }
    if (!Files.isRegularFile(path)) {
      throw yaml.error(key, "there is no file '" + name + "' in the job folder");
    }
    return path;
  }

  private static Arguments arguments(Optional<YamlMapping> mapping) throws YamlException {
    return mapping.isPresent() ? new Arguments(mapping.get().plain()) : Arguments.none();
  }
}
