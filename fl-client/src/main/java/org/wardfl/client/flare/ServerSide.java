package org.wardfl.client.flare;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlMapping;

/// What the server of a job of FLARE's does, as Ward's `workflow`.
///
/// @param workflow the entry of a job file, in its order
/// @param trainTask what sites are asked
/// @param minSites that a round needs, as the workflow says
/// @param selectsBest whether the best model is kept
record ServerSide(
    Map<String, Object> workflow, String trainTask, long minSites, boolean selectsBest) {

  private static final String ROUND_DEADLINE = "24h";

  /// Makes nothing that Ward has not by itself, whatever its arguments.
  private static final Set<String> BY_ITSELF =
      Set.of(
          "FullModelShareableGenerator",
          "ValidationJsonGenerator",
          "PTFileModelLocator",
          "TBAnalyticsReceiver",
          "GlobalModelEval",
          "InitializeGlobalWeights");

  /// Reads one.
  static ServerSide read(FlareConfig config, Remarks remarks) throws YamlException {
    for (var key : List.of("task_data_filters", "task_result_filters")) {
      if (config.hasAny(key)) {
        remarks.obstacle(
            config.root().node(key).location(),
            "key "
                + key
                + ": Ward filters at the sites, before anything leaves, not at the server");
      }
    }
    var workflow = new LinkedHashMap<String, Object>();
    workflow.put("type", "fedavg");
    Component main = null;
    for (var element : config.root().list("workflows").mappings()) {
      var one = Component.read(element);
      switch (one.type()) {
        case "ScatterAndGather", "FedAvg" -> {
          if (main != null) {
            remarks.obstacle(one.location(), one + ": a second training; Ward runs one");
          }
          main = one;
        }
        case "GlobalModelEval" ->
            remarks.note("GlobalModelEval is left out: Ward scores the final model at every site");
        case "InitializeGlobalWeights" ->
            remarks.note("InitializeGlobalWeights is left out: initial_model is random");
        default ->
            remarks.obstacle(one.location(), one + ": Ward has no counterpart of this workflow");
      }
    }
    if (main == null) {
      throw config
          .root()
          .error("workflows", "found neither ScatterAndGather nor FedAvg, expected one of them");
    }
    long minSites =
        main.type().equals("FedAvg")
            ? fedAvg(main, workflow, remarks)
            : scatterAndGather(main, workflow, remarks);
    boolean selectsBest = components(config, workflow, remarks);
    return new ServerSide(
        workflow, main.args().string("train_task_name", "train"), minSites, selectsBest);
  }

  private static long scatterAndGather(
      Component main, Map<String, Object> workflow, Remarks remarks) throws YamlException {
    var args = main.args();
    remarks.onlyKnown(
        main,
        "min_clients",
        "num_rounds",
        "start_round",
        "wait_time_after_min_received",
        "aggregator_id",
        "persistor_id",
        "shareable_generator_id",
        "train_task_name",
        "train_timeout",
        "ignore_result_error",
        "task_check_period",
        "persist_every_n_rounds",
        "snapshot_every_n_rounds",
        "allow_empty_global_weights");
    rounds(main, workflow, remarks);
    long timeout = args.integer("train_timeout", 0);
    workflow.put("round_deadline", timeout > 0 ? timeout + "s" : ROUND_DEADLINE);
    if (timeout == 0) {
      remarks.note(
          "FLARE waits for a round without end; here a round ends after "
              + ROUND_DEADLINE
              + ": round_deadline");
    }
    if (args.has("wait_time_after_min_received")) {
      long wait = args.integer("wait_time_after_min_received");
      workflow.put("close_early", Map.of("after_quorum", wait + "s"));
      remarks.note(
          "close_early: as in FLARE, a round does not wait for late sites once there are"
              + " min_sites; without this line it does, and the result can be reproduced");
    }
    return args.integer("min_clients", 1);
  }

  private static long fedAvg(Component main, Map<String, Object> workflow, Remarks remarks)
      throws YamlException {
    remarks.onlyKnown(
        main,
        "num_clients",
        "num_rounds",
        "start_round",
        "persistor_id",
        "initial_ckpt",
        "aggregation_weights",
        "exclude_vars");
    for (var key : List.of("initial_ckpt", "aggregation_weights", "exclude_vars")) {
      if (main.args().has(key)) {
        remarks.obstacle(
            main, key, "Ward's workflow fedavg has it in another form; see docs/researcher.md");
      }
    }
    rounds(main, workflow, remarks);
    workflow.put("round_deadline", ROUND_DEADLINE);
    return main.args().integer("num_clients", 1);
  }

  private static void rounds(Component main, Map<String, Object> workflow, Remarks remarks)
      throws YamlException {
    long start = main.args().integer("start_round", 0);
    if (start != 0) {
      remarks.obstacle(
          main, "start_round", "found " + start + "; Ward counts from the first round of a job");
    }
    workflow.put("rounds", main.args().integer("num_rounds", 5));
  }

  /// @return whether the best model is kept
  private static boolean components(
      FlareConfig config, Map<String, Object> workflow, Remarks remarks) throws YamlException {
    boolean selectsBest = false;
    for (var one : config.components()) {
      switch (one.type()) {
        case "InTimeAccumulateWeightedAggregator" -> aggregator(one, workflow, remarks);
        case "IntimeModelSelector" -> {
          selector(one, remarks);
          selectsBest = true;
        }
        case "MonaiBundlePersistor" ->
            remarks.note(
                "the network is built at the first site, not at the server: initial_model random");
        case "PTFileModelPersistor" -> persistor(one, remarks);
        default -> {
          if (!BY_ITSELF.contains(one.type())) {
            remarks.obstacle(one.location(), one + ": Ward has no counterpart of this class");
          }
        }
      }
    }
    return selectsBest;
  }

  private static void aggregator(Component one, Map<String, Object> workflow, Remarks remarks)
      throws YamlException {
    remarks.onlyKnown(
        one, "exclude_vars", "aggregation_weights", "expected_data_kind", "weigh_by_local_iter");
    var args = one.args();
    switch (args.string("expected_data_kind", "WEIGHT_DIFF")) {
      case "WEIGHT_DIFF" -> {}
      case "WEIGHTS" -> workflow.put("weight_type", "full");
      default ->
          remarks.obstacle(one, "expected_data_kind", "Ward aggregates WEIGHT_DIFF or WEIGHTS");
    }
    if (args.has("exclude_vars") && !args.string("exclude_vars").isEmpty()) {
      workflow.put("exclude", List.of(args.string("exclude_vars")));
    }
    boolean byIterations = args.bool("weigh_by_local_iter", true);
    var factors = args.optionalMapping("aggregation_weights");
    if (factors.isPresent() && !factors.get().keys().isEmpty()) {
      weights(one, factors.get(), byIterations, workflow, remarks);
    } else if (!byIterations) {
      remarks.obstacle(
          one,
          "weigh_by_local_iter",
          "equal weights need the names of the sites in Ward; write weights: {site: 1, ...}");
    }
  }

  private static void weights(
      Component one,
      YamlMapping factors,
      boolean byIterations,
      Map<String, Object> workflow,
      Remarks remarks)
      throws YamlException {
    var bySite = new LinkedHashMap<String, Object>();
    boolean same = true;
    for (var site : factors.keys()) {
      bySite.put(site, factors.number(site));
      same &= factors.number(site) == factors.number(factors.keys().getFirst());
    }
    if (!byIterations) {
      workflow.put("weights", bySite);
    } else if (!same) {
      remarks.obstacle(
          one,
          "aggregation_weights",
          "FLARE multiplies them with the iterations; Ward weighs by iterations or by a factor for"
              + " each site");
    }
  }

  private static void selector(Component one, Remarks remarks) throws YamlException {
    remarks.onlyKnown(
        one,
        "weigh_by_local_iter",
        "aggregation_weights",
        "key_metric",
        "negate_key_metric",
        "validation_metric_name");
    if (one.args().bool("negate_key_metric", false)) {
      remarks.obstacle(
          one, "negate_key_metric", "write key_metric: {name: ..., direction: min} instead");
    }
    var factors = one.args().optionalMapping("aggregation_weights");
    if (factors.isPresent() && !factors.get().keys().isEmpty()) {
      remarks.note(
          "aggregation_weights of IntimeModelSelector are left out: Ward weighs a metric by the"
              + " samples that it was made of");
    }
  }

  private static void persistor(Component one, Remarks remarks) {
    for (var key : one.args().keys()) {
      if (key.equals("source_ckpt_file_full_name")) {
        remarks.obstacle(
            one, key, "put the weights into the job as a .safetensors file: ward model convert");
      }
    }
    remarks.note(
        "the first model is made at the first site, not at the server: initial_model random");
  }
}
