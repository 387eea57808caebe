package org.wardfl.algo.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.algo.bundle.expression.SiteFiles;
import org.wardfl.algo.bundle.expression.Value;

@Timeout(20)
class ResolutionTest {

  private static final String CONFIG =
      """
      {"dataset_dir": "/data", "imports": ["$import glob"], "spacing": [1.5, 1.5, 2.0],
       "images": "$sorted(glob.glob(os.path.join(@dataset_dir, 'images', '*.nii.gz')))",
       "labels": "$sorted(glob.glob(@dataset_dir + '/labels/*.nii.gz'))",
       "train": {
         "data": "$[{'image': i, 'label': l} for i, l in zip(@images[:-1], @labels[:-1])]",
         "first": [{"_target_": "LoadImaged"}, {"_target_": "Flipd", "_disabled_": "$1 > 0"}],
         "second": [{"_target_": "RandFlipd"}],
         "all": "$@train#first + @train#second",
         "steps": "$len(@train#data) // 2 + len(@train#all)",
         "mean": "$sum(@spacing) / len(@spacing)"},
       "device": "$torch.device('cuda:0' if torch.cuda.is_available() else 'cpu')",
       "bad": "$[1][@train#steps]", "circle": "$@other + 1", "other": "@circle",
       "escape": "$__import__('os').system('touch /tmp/x')",
       "pairs": "$zip(@images, @labels)", "missing": "$@nowhere"}
      """;

  @TempDir private Path folder;

  @Test
  void datalistsOfRealBundlesAreResolved() throws Exception {
    var resolution = resolution();
    assertThat(resolution.value("train#data"))
        .isEqualTo(
            new Value.Items(
                List.of(
                    new Value.Mapping(
                        Map.of(
                            new Value.Text("image"), new Value.Text("/data/images/1.nii.gz"),
                            new Value.Text("label"), new Value.Text("/data/labels/1.nii.gz"))))));
    assertThat(resolution.value("train#mean")).isEqualTo(new Value.Real(5.0 / 3));
  }

  @Test
  void objectsKeepTheirPlaceAndThoseSwitchedOffAreLeftOut() throws Exception {
    var resolution = resolution();
    assertThat(resolution.value("train::all"))
        .isEqualTo(
            new Value.Items(
                List.of(new Value.Made("train::first::0"), new Value.Made("train::second::0"))));
    assertThat(resolution.value("train#steps")).isEqualTo(new Value.Whole(2));
    assertThat(resolution.value("train#first#1")).isEqualTo(new Value.Nothing());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "escape | the name __import__",
        "device | the name torch.device",
        "imports#0 | the name import",
        "pairs | an iterator"
      })
  void codeIsUnknownAndNotRun(String id, String why) throws Exception {
    assertThat(resolution().value(id)).isEqualTo(new Value.Unknown(why));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bad | the index is out of range",
        "circle | references in a circle, through 'circle'",
        "missing | there is no 'nowhere'",
        "train#nothing | there is no 'train::nothing'"
      })
  void whatFailsInPythonFails(String id, String why) throws Exception {
    var resolution = resolution();
    assertThatThrownBy(() -> resolution.value(id)).hasMessage(why);
  }

  private Resolution resolution() throws Exception {
    Files.createDirectories(folder.resolve("configs"));
    Files.writeString(folder.resolve("configs/train.json"), CONFIG);
    SiteFiles site = pattern -> List.of(pattern.replace("*", "1"), pattern.replace("*", "2"));
    try (var files = BundleFiles.open(folder)) {
      return new Resolution(Config.read(files, List.of("configs/train.json"), Map.of()), site);
    }
  }
}
