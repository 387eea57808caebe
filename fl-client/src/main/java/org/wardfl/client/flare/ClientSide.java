package org.wardfl.client.flare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlList;
import org.wardfl.provisioning.yaml.YamlMapping;

/// What a site of a job of FLARE's does, as Ward's `algorithm` and `filters`.
///
/// @param algorithm the entry of a job file; the folder that it names is not copied yet
/// @param bundleRoot the bundle's folder in the application; empty for a class
/// @param filters the entries of a job file
/// @param keyMetric by which the best model is chosen
record ClientSide(
    Map<String, Object> algorithm,
    Optional<String> bundleRoot,
    List<Map<String, Object>> filters,
    String keyMetric) {

  private static final String EXECUTOR = "ClientAlgoExecutor";
  private static final String METRIC = "accuracy";
  private static final Set<String> METRICS_SENDERS =
      Set.of("AnalyticsSender", "ConvertToFedEvent", "LogAnalyticsSender");

  /// Reads one.
  ///
  /// @param trainTask what the server calls a training
  static ClientSide read(FlareConfig config, String trainTask, Remarks remarks)
      throws YamlException {
    if (config.hasAny("task_data_filters")) {
      remarks.obstacle(
          config.root().node("task_data_filters").location(),
          "key task_data_filters: Ward filters what leaves a site, not what comes to it");
    }
    var executor = executor(config, trainTask, remarks);
    remarks.onlyKnown(
        executor,
        "client_algo_id",
        "key_metric",
        "train_task",
        "submit_model_task",
        "validate_task",
        "stats_sender");
    var id = executor.args().string("client_algo_id");
    var algo =
        config
            .component(id)
            .orElseThrow(
                () -> executor.args().error("client_algo_id", "there is no component " + id));
    for (var one : config.components()) {
      if (METRICS_SENDERS.contains(one.type())) {
        remarks.note(one.type() + " is left out: Ward's report.html has the curves");
      } else if (!one.id().equals(id)) {
        remarks.obstacle(one.location(), one + ": Ward has no counterpart of this class");
      }
    }
    boolean isBundle = algo.type().equals("MonaiAlgo");
    return new ClientSide(
        isBundle ? bundle(algo, remarks) : ownClass(algo),
        isBundle ? Optional.of(algo.args().string("bundle_root")) : Optional.empty(),
        filters(config, trainTask, remarks),
        executor.args().string("key_metric", METRIC));
  }

  private static Component executor(FlareConfig config, String trainTask, Remarks remarks)
      throws YamlException {
    Component found = null;
    for (var element : config.root().list("executors").mappings()) {
      element.only("tasks", "executor");
      var one = Component.read(element.mapping("executor"));
      if (!one.type().equals(EXECUTOR)) {
        remarks.obstacle(
            one.location(),
            one
                + ": Ward runs what MONAI's "
                + EXECUTOR
                + " drives; a script is run with algorithm: {type: python, script: ...}, see"
                + " docs/python.md");
      }
      var tasks = element.strings("tasks");
      if (tasks.contains(trainTask) || tasks.contains("*")) {
        found = one;
      }
    }
    if (found == null) {
      throw config.root().error("executors", "none is for the task " + trainTask);
    }
    return found;
  }

  private static Map<String, Object> bundle(Component algo, Remarks remarks) throws YamlException {
    var args = new LinkedHashMap<>(algo.args().plain());
    args.remove("bundle_root");
    remarks.note(
        "the bundle's dataset_dir is set to the dataset that each site's site.yaml names, and its"
            + " output_dir to a folder of the task");
    var algorithm = new LinkedHashMap<String, Object>();
    algorithm.put("type", "bundle");
    algorithm.put("engine", "monai");
    algorithm.put("bundle", "");
    algorithm.put("args", args);
    return algorithm;
  }

  private static Map<String, Object> ownClass(Component algo) throws YamlException {
    int dot = algo.path().lastIndexOf('.');
    if (dot < 0) {
      throw new YamlException(
          algo.location(), algo + ": expected a class with its module, such as algo.MyAlgo");
    }
    var algorithm = new LinkedHashMap<String, Object>();
    algorithm.put("type", "python");
    algorithm.put("class", algo.path().substring(0, dot) + ":" + algo.type());
    algorithm.put("args", algo.args().plain());
    return algorithm;
  }

  private static List<Map<String, Object>> filters(
      FlareConfig config, String trainTask, Remarks remarks) throws YamlException {
    var filters = new ArrayList<Map<String, Object>>();
    var chains = config.root().optionalList("task_result_filters");
    if (chains.isEmpty()) {
      return filters;
    }
    for (var chain : chains.get().mappings()) {
      chain.only("tasks", "filters", "direction");
      if (!chain.strings("tasks").contains(trainTask)) {
        remarks.note(
            "filters for " + chain.strings("tasks") + " are left out: Ward has no such task");
        continue;
      }
      if (!chain.string("direction", "out").equals("out")) {
        remarks.obstacle(
            chain.location(), "key direction: Ward filters what leaves a site, direction out");
      }
      for (var element : chain.list("filters").mappings()) {
        filter(Component.read(element), remarks).ifPresent(filters::add);
      }
    }
    return filters;
  }

  private static Optional<Map<String, Object>> filter(Component one, Remarks remarks)
      throws YamlException {
    var filter = new LinkedHashMap<String, Object>();
    switch (one.type()) {
      case "ExcludeVars" -> {
        remarks.onlyKnown(one, "exclude_vars");
        filter.put("type", "exclude-variables");
        filter.put("args", Map.of("patterns", patterns(one.args())));
      }
      case "PercentilePrivacy" -> {
        remarks.onlyKnown(one, "percentile", "gamma");
        var args = new LinkedHashMap<String, Object>();
        args.put("percentile", one.args().number("percentile", 10));
        args.put("gamma", one.args().number("gamma", 0.01));
        filter.put("type", "percentile-privacy");
        filter.put("args", args);
      }
      default -> {
        remarks.obstacle(one.location(), one + ": Ward has no counterpart of this filter");
        return Optional.empty();
      }
    }
    return Optional.of(filter);
  }

  /// A list holds names, a text is a regular expression that is searched for.
  private static List<String> patterns(YamlMapping args) throws YamlException {
    if (args.node("exclude_vars") instanceof YamlList) {
      return args.strings("exclude_vars").stream()
          .map(name -> "^" + literally(name) + "$")
          .toList();
    }
    return List.of(args.string("exclude_vars"));
  }

  private static String literally(String name) {
    return Pattern.compile("[^A-Za-z0-9_]").matcher(name).replaceAll("\\\\$0");
  }
}
