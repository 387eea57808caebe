package org.wardfl.algo.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.zip.ZipWriter;

class BundleReportTest {

  private static final String METADATA =
      """
      {"version": "0.1.0", "task": "a task", "description": "small", "monai_version": "1.0.1",
       "pytorch_version": "1.13", "numpy_version": "1.2", "authors": "us", "copyright": "us",
       "required_packages_version": {},
       "network_data_format": {
         "inputs": {"image": {"type": "image", "format": "hounsfield", "modality": "CT",
           "num_channels": 1, "spatial_shape": ["*", "16*n", "2**p*n"], "dtype": "float32",
           "value_range": [0, 1], "is_patch_data": true, "channel_def": {"0": "image"}}},
         "outputs": {"pred": {"type": "image", "format": "labels", "modality": "CT",
           "num_channels": 2, "spatial_shape": [32, 32, 32], "dtype": "float32",
           "value_range": [], "is_patch_data": true, "channel_def": {"0": "no", "1": "yes"}}}}}
      """;
  private static final String TRAIN =
      """
      {"bundle_root": ".", "dataset_dir": "/data", "device": "$torch.device('cpu')", "epochs": 3,
       "network_def": {"_target_": "UNet", "spatial_dims": 3, "in_channels": 1, "out_channels": 2,
         "channels": [8, 16], "strides": [2], "num_res_units": 1, "norm": "instance"},
       "network": "$@network_def.to(@device)",
       "loss": {"_target_": "monai.losses.DiceCELoss", "to_onehot_y": true, "softmax": true},
       "optimizer": {"_target_": "torch.optim.Adam", "params": "$@network.parameters()", "lr": 0.01},
       "images": "$sorted(glob.glob(@dataset_dir + '/images/*.nii'))",
       "train": {
         "dataset": {"_target_": "Dataset", "transform": "@train#preprocessing",
           "data": "$[{'image': i, 'label': i} for i in @images[:-9]]"},
         "preprocessing": {"_target_": "Compose", "transforms": [
           {"_target_": "LoadImaged", "keys": ["image", "label"]},
           {"_target_": "EnsureChannelFirstd", "keys": ["image", "label"]},
           {"_target_": "RandFlipd", "keys": ["image", "label"], "prob": 0.5, "spatial_axis": 0}]},
         "dataloader": {"_target_": "DataLoader", "dataset": "@train#dataset", "batch_size": 2},
         "handlers": [{"_target_": "StatsHandler"}],
         "trainer": {"_target_": "SupervisedTrainer", "max_epochs": "@epochs",
           "train_data_loader": "@train#dataloader", "network": "@network", "optimizer": "@optimizer",
           "loss_function": "@loss", "device": "@device", "train_handlers": "@train#handlers"}}}
      """;
  private static final String EVALUATE =
      """
      {"validate": {
         "dataset": {"_target_": "Dataset", "data": "$[{'image': i, 'label': i} for i in @images[-9:]]",
           "transform": {"_target_": "LoadImaged", "keys": ["image", "label"]}},
         "dataloader": {"_target_": "DataLoader", "dataset": "@validate#dataset"},
         "evaluator": {"_target_": "SupervisedEvaluator", "network": "@network",
           "val_data_loader": "@validate#dataloader",
           "postprocessing": {"_target_": "Compose", "transforms": [
             {"_target_": "AsDiscreted", "keys": "pred", "argmax": true, "to_onehot": 2}]},
           "inferer": {"_target_": "SlidingWindowInferer", "roi_size": [32, 32, 32]},
           "key_val_metric": {"val_mean_dice": {"_target_": "MeanDice", "include_background": false,
             "output_transform": "$monai.handlers.from_engine(['pred', 'label'])"}}}}}
      """;

  @TempDir private Path folder;

  @BeforeEach
  void write() throws Exception {
    file("LICENSE", "ours");
    file("configs/metadata.json", METADATA);
    file("configs/train.json", TRAIN);
    file("configs/evaluate.json", EVALUATE);
    file("models/model.pt", "x");
  }

  @Test
  void aWholeBundleOfKnownPiecesIsNative() throws Exception {
    var report = report(Map.of());
    assertThat(report.findings()).isEmpty();
    assertThat(report.notNative()).isEmpty();
    assertThat(report.isNative()).isTrue();
    assertThat(report.opaque()).isEqualTo(new BundleReport.Opaque(5, 3));
    assertThat(report.metadata().orElseThrow().inputs())
        .containsEntry("image", "float32 image, 1 channels, [*, 16*n, 2**p*n]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"UNet\" | \"monai.networks.nets.SwinUNETR\" | network_def: SwinUNETR (the native engine"
            + " has UNet)",
        "\"UNet\" | \"hospital.UNet\" | network_def: hospital.UNet",
        "\"norm\": \"instance\" | \"norm\": \"batch\" | network_def: UNet with norm batch",
        "\"UNet\", | \"UNet\", \"dropout\": 0.2, | network_def: UNet with dropout",
        "\"softmax\": true | \"sigmoid\": true | loss: DiceCELoss with an unusual sigmoid",
        "monai.losses.DiceCELoss | monai.losses.FocalLoss | loss: FocalLoss (the native engine has"
            + " DiceCELoss, DiceLoss)",
        "torch.optim.Adam | torch.optim.AdamW | optimizer: AdamW (the native engine has Adam, SGD)",
        "@network.parameters() | @network.children() | optimizer::params: expected"
            + " $@network.parameters()",
        "StatsHandler | LrScheduleHandler | train::handlers::0: LrScheduleHandler; a site or a job"
            + " may disable it",
        "\"RandFlipd\" | \"RandElasticd\" | train::preprocessing::transforms::2: RandElasticd",
        "\"prob\": 0.5 | \"prob\": \"$torch.rand(1)\" | train::preprocessing::transforms::2: prob"
            + " is code: the name torch.rand",
        "for i in @images[:-9]] | for i in f(@images)] | train::dataset: data is code: the name f"
      })
  void piecesThatOnlyMonaiHasAreNamed(String old, String changed, String why) throws Exception {
    file("configs/train.json", TRAIN.replace(old, changed));
    var report = report(Map.of());
    assertThat(report.isTrainable()).as(report.toString()).isTrue();
    assertThat(report.notNative()).containsExactly(why);
  }

  @Test
  void aDisabledHandlerIsNoObstacle() throws Exception {
    file("configs/train.json", TRAIN.replace("StatsHandler", "LrScheduleHandler"));
    var off = Map.<String, Node>of("train#handlers#0#_disabled_", new Node.Truth(true));
    assertThat(report(off).isNative()).isTrue();
  }

  @Test
  void overridesAreLaidOverTheBundleWithoutTouchingIt() throws Exception {
    var disabled = new LinkedHashMap<String, Node>();
    disabled.put("train#handlers#0#_disabled_", new Node.Truth(true));
    disabled.put("dataset_dir", new Node.Text("/hospital"));
    try (var files = BundleFiles.open(folder)) {
      var config = Config.read(files, List.of("configs/train.json"), disabled);
      assertThat(config.get("dataset_dir")).contains(new Node.Text("/hospital"));
      assertThat(config.get("train::handlers::0::_disabled_")).contains(new Node.Truth(true));
    }
    assertThat(folder.resolve("configs/train.json")).hasContent(TRAIN);
    var wrong = Map.<String, Node>of("train#handlers#7#_disabled_", new Node.Truth(true));
    assertThat(report(wrong).findings().toString())
        .contains("the overrides: there is no '7' inside a list to be set");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"epochs\": 3 | \"epochs\": \"@later\", \"later\": \"@epochs\" | in a circle, through"
            + " 'later'",
        "\"epochs\": 3 | \"epochs\": \"@nowhere\" | refers to 'nowhere', which is not there",
        "\"epochs\": 3 | \"epochs\": \"%nowhere\" | epochs: the macro %nowhere names nothing",
        "\"epochs\": 3 | \"epochs\": \"%/etc/x.json\" | names /etc/x.json, which the bundle lacks",
        "\"epochs\": 3 | \"epochs\": \"%epochs\" | macros within macros, more than 10 deep",
        "\"epochs\": 3 | \"epochs\": 3, \"epochs\": 4 | line 1: not JSON: the name 'epochs' is"
            + " there twice",
        "\"epochs\": 3 | \"epochs\": | line 1: not JSON: found ',', expected a value",
        "\"epochs\": 3 | \"x\": \"@#####y\" | reaches above the configuration"
      })
  void brokenConfigurationsSayWhere(String old, String changed, String why) throws Exception {
    file("configs/train.json", TRAIN.replace(old, changed));
    var report = report(Map.of());
    assertThat(report.isUsable()).isFalse();
    assertThat(report.findings().toString()).contains("configs/train.json").contains(why);
  }

  @Test
  void macrosThatMultiplyAreRefused() throws Exception {
    var bomb = new StringBuilder("{\"a0\": [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]");
    for (int i = 1; i < 10; i++) {
      bomb.append(", \"a" + i + "\": [").append(("\"%a" + (i - 1) + "\",").repeat(9));
      bomb.append("\"%a" + (i - 1) + "\"]");
    }
    file("configs/train.json", bomb + "}");
    assertThat(report(Map.of()).findings().toString()).contains("macros make more than 500000");
  }

  @Test
  void yamlIsReadAsPythonReadsIt() throws Exception {
    Files.delete(folder.resolve("configs/train.json"));
    file("configs/train.yaml", "a: yes\nb: 1e-4\nc: 1.0e-4\nd: 0x10\ne: ['@a', null]\n");
    try (var files = BundleFiles.open(folder)) {
      var config = Config.read(files, List.of("configs/train.yaml"), Map.of());
      assertThat(config.get("a")).contains(new Node.Truth(true));
      assertThat(config.get("b")).contains(new Node.Text("1e-4"));
      assertThat(config.get("c")).contains(new Node.Real(1e-4));
      assertThat(config.get("d")).contains(new Node.Whole(16));
      assertThat(config.get("e::1")).contains(new Node.Nothing());
    }
    file("configs/train.yaml", "a: !!python/object:os.system x\n");
    assertThat(report(Map.of()).findings().toString())
        .contains("configs/train.yaml, line 1: the tag tag:yaml.org,2002:python/object:os.system");
  }

  @Test
  void laterFilesExtendAndReplace() throws Exception {
    file(
        "configs/more.json", "{\"+train#handlers\": [\"c.nii\"], \"train#trainer#max_epochs\": 9}");
    try (var files = BundleFiles.open(folder)) {
      var names = List.of("configs/train.json", "configs/more.json");
      var config = Config.read(files, names, Map.of());
      assertThat(config.get("train#handlers#1")).contains(new Node.Text("c.nii"));
      assertThat(config.get("train::trainer::max_epochs")).contains(new Node.Whole(9));
      file("configs/more.json", "{\"+train#handlers\": 3}");
      assertThatThrownBy(() -> Config.read(files, names, Map.of()))
          .hasMessageContaining("+train#handlers joins a whole number to a list");
    }
  }

  @Test
  void missingPartsAreNamed() throws Exception {
    Files.delete(folder.resolve("configs/metadata.json"));
    Files.delete(folder.resolve("configs/train.json"));
    var report = report(Map.of());
    assertThat(report.findings().toString()).contains("there is no file configs/metadata.json");
    assertThat(report.obstacles()).hasSize(1);
  }

  @Test
  void archivesAreReadInPlace() throws Exception {
    var zip = folder.resolve("b.zip");
    archive(zip, "b/LICENSE", "b/configs/metadata.json");
    try (var files = BundleFiles.open(zip)) {
      assertThat(files.name()).isEqualTo("b");
      assertThat(BundleReport.of(files, Map.of()).isUsable()).isTrue();
    }
    archive(zip, "b/LICENSE", "b/../../x");
    assertThatThrownBy(() -> BundleFiles.open(zip))
        .hasMessage(
            "b.zip: entry 'b/../../x' could lead out of its folder, expected a plain relative"
                + " path");
    archive(zip, "b/LICENSE", "c/x");
    assertThatThrownBy(() -> BundleFiles.open(zip)).hasMessageContaining("found b, c");
  }

  private void archive(Path zip, String... names) throws Exception {
    try (var writer = ZipWriter.open(zip)) {
      for (var name : names) {
        writer.add(name, METADATA.getBytes(StandardCharsets.UTF_8));
      }
      writer.finish();
    }
  }

  private BundleReport report(Map<String, Node> overrides) throws Exception {
    try (var files = BundleFiles.open(folder)) {
      return BundleReport.of(files, overrides);
    }
  }

  private void file(String name, String text) throws Exception {
    var file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
