package org.wardfl.client.flare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.SiteName;
import org.wardfl.client.host.AlgorithmCatalog;
import org.wardfl.client.job.JobFile;
import org.wardfl.proto.job.AlgorithmDefinition;
import org.wardfl.proto.job.JobDefinition;
import org.wardfl.proto.job.WorkflowDefinition;

/// Jobs of FLARE 2.2's form become Ward's, or everything that stands in the way is named.
class FlareJobTest {

  private static final String META =
      """
      {
        "name": "spleen ct",
        "resource_spec": {"site-1": {"num_of_gpus": 1, "mem_per_gpu_in_GiB": 12}},
        "deploy_map": {"app": ["@ALL"]},
        "min_clients": 2,
        "mandatory_clients": ["site-1"]
      }
      """;
  private static final String SERVER =
      """
      {
      \t"format_version": 2,
      \t"num_rounds": 10,
        "server": {"heart_beat_timeout": 600},
        "task_data_filters": [],
        "task_result_filters": [],
        "components": [
          {"id": "persistor", "path": "monai_nvflare.monai_bundle_persistor.MonaiBundlePersistor",
           "args": {"bundle_root": "config/spleen"}},
          {"id": "shareable_generator", "name": "FullModelShareableGenerator", "args": {}},
          {"id": "aggregator", "name": "InTimeAccumulateWeightedAggregator",
           "args": {"expected_data_kind": "WEIGHT_DIFF"}},
          {"id": "model_selector", "name": "IntimeModelSelector", "args": {}}
        ],
        "workflows": [
          {"id": "scatter_and_gather", "name": "ScatterAndGather",
           "args": {"min_clients": 2, "num_rounds": "{num_rounds}", "start_round": 0,
                    "wait_time_after_min_received": 30, "aggregator_id": "aggregator",
                    "persistor_id": "persistor", "shareable_generator_id": "shareable_generator",
                    "train_task_name": "train", "train_timeout": 3600}}
        ]
      }
      """;
  private static final String CLIENT =
      """
      {
        "format_version": 2,
        "executors": [
          {"tasks": ["train", "validate", "submit_model"],
           "executor": {"path": "monai_nvflare.client_algo_executor.ClientAlgoExecutor",
                        "args": {"client_algo_id": "client_algo", "key_metric": "val_mean_dice"}}}
        ],
        "task_data_filters": [],
        "task_result_filters": [
          {"tasks": ["train"], "filters": [
            {"name": "PercentilePrivacy", "args": {"percentile": 20, "gamma": 0.05}},
            {"path": "nvflare.app_common.filters.exclude_vars.ExcludeVars",
             "args": {"exclude_vars": ["model.0.bias", "norm"]}}]}
        ],
        "components": [
          {"id": "client_algo", "path": "monai.fl.client.MonaiAlgo",
           "args": {"bundle_root": "config/spleen", "local_epochs": 5}}
        ]
      }
      """;

  @TempDir private Path folder;

  @Test
  void aBundleWithFiltersBecomesAJobThatWardAccepts() throws Exception {
    var job = FlareJob.read(flare(META, SERVER, CLIENT), Optional.of("spleen-ct"));
    var target = folder.resolve("ward");
    job.write(target);
    var read = read(target, "site-1", "site-2");
    assertThat(read.name()).isEqualTo("spleen-ct");
    assertThat(read.minSites()).isEqualTo(2);
    assertThat(read.mandatorySites()).containsExactly(new SiteName("site-1"));
    assertThat(read.resources().gpus()).isEqualTo(1);
    assertThat(read.data().dataset()).isEqualTo("spleen-ct");
    var workflow = (WorkflowDefinition.FedAvg) read.workflows().getFirst();
    assertThat(workflow.rounds()).isEqualTo(10);
    assertThat(workflow.roundDeadline()).hasHours(1);
    assertThat(workflow.closeEarly().orElseThrow()).hasSeconds(30);
    assertThat(workflow.keyMetric().orElseThrow().name()).isEqualTo("val_mean_dice");
    assertThat(read.algorithm().type()).isEqualTo(AlgorithmDefinition.BUNDLE);
    assertThat(read.algorithm().arguments().values()).containsEntry("local_epochs", 5L);
    assertThat(read.filters()).hasSize(2);
    assertThat(read.filters().getLast().arguments().strings("patterns", List.of()))
        .containsExactly("^model\\.0\\.bias$", "^norm$");
    assertThat(target.resolve("spleen/configs/metadata.json")).exists();
    assertThat(job.notes())
        .anyMatch(note -> note.contains("close_early"))
        .anyMatch(note -> note.contains("the dataset spleen-ct"));
  }

  @Test
  void anOwnClassIsCopiedAndNamed() throws Exception {
    var client =
        """
        {"format_version": 2,
         "executors": [{"tasks": ["train"], "executor": {"path": "a.ClientAlgoExecutor",
                        "args": {"client_algo_id": "algo"}}}],
         "task_result_filters": [{"tasks": ["train"], "filters": [
            {"name": "ExcludeVars", "args": {"exclude_vars": "^bn"}}]}],
         "components": [{"id": "algo", "path": "spleen.SpleenAlgo", "args": {"epochs": 2}}]}
        """;
    var flare = flare(META, SERVER, client);
    var custom = Files.createDirectories(flare.resolve("app/custom"));
    Files.writeString(custom.resolve("spleen.py"), "class SpleenAlgo: pass\n");
    Files.createDirectories(custom.resolve("__pycache__"));
    Files.writeString(custom.resolve("__pycache__/spleen.pyc"), "x");
    FlareJob.read(flare, Optional.empty()).write(folder.resolve("ward"));
    var read = read(folder.resolve("ward"), "site-1", "site-2");
    assertThat(read.algorithm().type()).isEqualTo(AlgorithmDefinition.PYTHON);
    assertThat(read.algorithm().className()).contains("spleen:SpleenAlgo");
    assertThat(read.algorithm().code()).contains("custom");
    assertThat(folder.resolve("ward/custom/spleen.py")).exists();
    assertThat(folder.resolve("ward/custom/__pycache__")).doesNotExist();
    assertThat(read.filters().getFirst().arguments().strings("patterns", List.of()))
        .containsExactly("^bn");
  }

  @Test
  void fedAvgAndSitesByNameAreUnderstood() throws Exception {
    var meta =
        """
        {"name": "j", "deploy_map": {"server_app": ["server"], "app": ["berlin", "paris"]}}
        """;
    var server =
        """
        {"format_version": 2, "components": [],
         "workflows": [{"id": "c", "path": "nvflare.app_common.workflows.fedavg.FedAvg",
                        "args": {"num_clients": 2, "num_rounds": 3}}]}
        """;
    var flare = flare(meta, SERVER, CLIENT);
    var config = Files.createDirectories(flare.resolve("server_app/config"));
    Files.writeString(config.resolve("config_fed_server.json"), server);
    FlareJob.read(flare, Optional.empty()).write(folder.resolve("ward"));
    var read = read(folder.resolve("ward"), "berlin", "paris", "rome");
    assertThat(read.sites()).containsExactly(new SiteName("berlin"), new SiteName("paris"));
    assertThat(read.minSites()).isEqualTo(2);
    assertThat(read.rounds()).isEqualTo(3);
  }

  @Test
  void everythingThatCannotBeExpressedIsNamedWithComponentPathAndKey() throws Exception {
    var server =
        SERVER
            .replace("\"name\": \"ScatterAndGather\"", "\"path\": \"x.ScatterAndGather\"")
            .replace("\"start_round\": 0", "\"start_round\": 3, \"magic\": 1")
            .replace(
                "\"args\": {\"expected_data_kind\": \"WEIGHT_DIFF\"}",
                "\"args\": {\"aggregation_weights\": {\"site-1\": 1.0, \"site-2\": 2.0}}")
            .replace(
                "\"workflows\": [",
                "\"workflows\": [{\"id\": \"cross\", \"name\": \"CrossSiteModelEval\"},");
    var client =
        CLIENT
            .replace("\"PercentilePrivacy\"", "\"SVTPrivacy\"")
            .replace(
                "\"components\": [",
                "\"components\": [{\"id\": \"he\", \"path\": \"nvflare.HEModelEncryptor\"},");
    var meta = META.replace("\"min_clients\": 2", "\"min_clients\": 2, \"scope\": \"private\"");
    var flare = flare(meta, server, client);
    var refused =
        catchThrowableOfType(FlareJobException.class, () -> FlareJob.read(flare, Optional.empty()));
    assertThat(refused.obstacles())
        .anyMatch(it -> it.startsWith("meta.json:5: key scope"))
        .anyMatch(it -> it.contains("component cross, path CrossSiteModelEval"))
        .anyMatch(it -> it.contains("path x.ScatterAndGather, key start_round: found 3"))
        .anyMatch(it -> it.contains("component scatter_and_gather") && it.contains("key magic"))
        .anyMatch(it -> it.contains("component aggregator") && it.contains("aggregation_weights"))
        .anyMatch(it -> it.contains("path SVTPrivacy"))
        .anyMatch(it -> it.contains("component he, path nvflare.HEModelEncryptor"))
        .hasSize(7)
        .allMatch(it -> it.matches("(?s)\\w+\\.json:\\d+: .*"));
  }

  @Test
  void whatIsNoJobOfFlaresIsTold() throws Exception {
    assertThat(refusal(folder.resolve("nothing"))).contains("there is no folder");
    assertThat(refusal(flare("{\"name\": \"x\"}", SERVER, CLIENT)))
        .contains("`deploy_map` is missing");
    assertThat(refusal(flare(META, "{\"format_version\": 2, ", CLIENT)))
        .contains("config_fed_server.json:");
    assertThat(refusal(flare(META, SERVER.replace(": 2,\n\t", ": 1,\n\t"), CLIENT)))
        .contains("format_version: found 1, expected 2");
    assertThat(refusal(flare(META, SERVER, CLIENT.replace("config/spleen", "../../secret"))))
        .contains("bundle_root: there is no folder ../../secret");
    assertThat(
            refusal(
                flare(META, SERVER, CLIENT.replace("ClientAlgoExecutor", "PTClientAPIExecutor"))))
        .contains("PTClientAPIExecutor: Ward runs what MONAI's ClientAlgoExecutor drives");
  }

  private static String refusal(Path flare) {
    return String.valueOf(
        catchThrowableOfType(FlareJobException.class, () -> FlareJob.read(flare, Optional.empty()))
            .getMessage());
  }

  private Path flare(String meta, String server, String client) throws IOException {
    var flare = folder.resolve("flare");
    var config = Files.createDirectories(flare.resolve("app/config"));
    var bundle = Files.createDirectories(config.resolve("spleen/configs"));
    Files.writeString(bundle.resolve("metadata.json"), "{}");
    Files.writeString(flare.resolve("meta.json"), meta);
    Files.writeString(config.resolve("config_fed_server.json"), server);
    Files.writeString(config.resolve("config_fed_client.json"), client);
    return flare;
  }

  private static JobDefinition read(Path job, String... sites) throws Exception {
    var known = new TreeSet<SiteName>();
    for (var site : sites) {
      known.add(new SiteName(site));
    }
    return new JobFile(job, AlgorithmCatalog.installed()).read(known, OptionalLong.empty());
  }
}
