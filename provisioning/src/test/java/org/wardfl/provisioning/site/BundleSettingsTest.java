package org.wardfl.provisioning.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;

class BundleSettingsTest {

  @Test
  void aBundleHasItsOwnSettingsOrThoseOfAll() throws YamlException {
    var file =
        read(
            """
            bundles:
              spleen_ct_segmentation:
                {batch_size: 1, workers: 0, cache_rate: 0.25, cache: 512MiB, disabled_handlers: [TensorBoardStatsHandler]}
              "*": {workers: 2}
            """);
    assertThat(file.bundle("spleen_ct_segmentation").orElseThrow().values())
        .isEqualTo(
            Map.of(
                "batch_size",
                1L,
                "workers",
                0L,
                "cache_rate",
                0.25,
                "cache",
                "512MiB",
                "disabled_handlers",
                List.of("TensorBoardStatsHandler")));
    assertThat(file.bundle("spheres").orElseThrow().values()).isEqualTo(Map.of("workers", 2L));
    assertThat(read("bundles: {spleen: {batch_size: 1}}").bundle("spheres")).isEmpty();
    assertThat(read("logs: keep").bundle("spheres")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "bundles: {a: {batch_sise: 1}}|unknown key `batch_sise` in bundles.a; did you mean `batch_size`?",
        "bundles: {a: {batch_size: 0}}|bundles.a.batch_size: found 0, expected 1 to 4096",
        "bundles: {a: {workers: -1}}|bundles.a.workers: found -1, expected 0 to 4096",
        "bundles: {a: {cache_rate: 2}}|bundles.a.cache_rate: found 2.0, expected 0 to 1",
        "bundles: {a: {cache: 5MB}}|bundles.a.cache: found '5MB', expected an amount such as",
        "bundles: {a: {disabled_handlers: [$import]}}|found '$import', expected a class, such as",
        "bundles: {../a: {}}|expected a bundle's name of 1 to 64 letters",
        "bundels: {}|unknown key `bundels`; did you mean `bundles`?",
      })
  void mistakesAreNamed(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(YamlException.class)
        .hasMessageContaining(message);
  }

  @Test
  void samplesGoWhereTheFileSays() throws YamlException {
    assertThat(read("samples: pictures").samples()).contains(Path.of("/kit/pictures"));
    assertThat(read("samples: /data/pictures").samples()).contains(Path.of("/data/pictures"));
    assertThat(read("logs: keep").samples()).isEmpty();
  }

  private static SitePolicyFile read(String text) throws YamlException {
    return SitePolicyFile.of(YamlFile.parse("site.yaml", text), Path.of("/kit"));
  }
}
