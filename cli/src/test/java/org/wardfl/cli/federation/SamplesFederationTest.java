package org.wardfl.cli.federation;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sample pictures of real processes over mutual TLS: they are where a site's own file says, and
/// nowhere else.
@Timeout(180)
class SamplesFederationTest {

  private static final String JOB =
      """
      name: stripes
      min_sites: 2
      workflow: {type: fedavg, rounds: 1}
      algorithm:
        type: torch-classification
        args:
          network: {type: cnn, channels: [4], groups: 2, grid: 2}
          size: [16, 16]
          learning_rate: 0.01
          local_epochs: 1
          samples: 2
          class_names: [rows, columns]
      initial_model: random
      data: {dataset: stripes, format: png, evaluate: test}
      resources: {memory: 1GiB}
      """;

  @TempDir private Path folder;

  @Test
  void picturesStayAtTheSiteThatKeepsThem() throws Exception {
    try (var federation = new Federation(folder, "site-1", "site-2")) {
      for (var site : List.of("site-1", "site-2")) {
        var data = pictures(folder.resolve("data-" + site));
        federation.edit(site, "algorithms: [", "algorithms: [torch-classification, ");
        federation.edit(
            site, "datasets: {}", "datasets: {stripes: {path: " + data + ", patients: 99}}");
        federation.edit(site, "patients: 99}", "patients: 99, used_by: any}");
      }
      var kept = folder.resolve("kept");
      federation.edit("site-1", "privacy: {}", "privacy: {}\nsamples: " + kept);
      federation.start();
      var id = federation.submit(federation.job("stripes", JOB));
      var result = federation.await(id);
      assertThat(result.exitCode()).as(federation.said()).isZero();
      assertThat(result.out()).contains("\"status\": \"COMPLETED\"");

      assertThat(names(kept.resolve(id)))
          .containsExactlyInAnyOrder("1-image.png", "2-image.png", "samples.json");
      var results = folder.resolve("results");
      Federation.expect(
          federation.run(Federation.LEAD, "job", "download", id, "--out", results.toString()));
      assertThat(results.resolve("report.html"))
          .content()
          .contains("Pictures of patients never leave a hospital")
          .doesNotContain("<img");
      assertThat(withPictures(results)).isEmpty();
      assertThat(withPictures(federation.kit(Federation.SERVER))).isEmpty();
      assertThat(withPictures(federation.kit("site-1"))).isEmpty();
      assertThat(withPictures(federation.kit("site-2"))).isEmpty();
      // Otherwise the search would find nothing anywhere.
      assertThat(withPictures(kept)).hasSize(2);
    }
  }

  private static Path pictures(Path data) throws IOException {
    Files.createDirectories(data);
    var lines = new ArrayList<>(List.of("image,label,split"));
    for (int i = 0; i < 24; i++) {
      var picture = new BufferedImage(16, 16, BufferedImage.TYPE_BYTE_GRAY);
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          picture.setRGB(x, y, ((i % 2 == 0 ? y : x) + i) / 2 % 2 == 0 ? 0 : 0xffffff);
        }
      }
      ImageIO.write(picture, "png", data.resolve(i + ".png").toFile());
      lines.add(i + ".png," + i % 2 + "," + (i < 16 ? "train" : "test"));
    }
    Files.write(data.resolve("images.csv"), lines);
    return data;
  }

  private static List<String> names(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.map(file -> String.valueOf(file.getFileName())).toList();
    }
  }

  /// The files with a PNG picture in them, as it is or in base64.
  private static List<Path> withPictures(Path folder) throws IOException {
    var found = new ArrayList<Path>();
    try (var files = Files.walk(folder)) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        var content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        if (content.contains("\u0089PNG") || content.contains("iVBORw0KGgo")) {
          found.add(file);
        }
      }
    }
    return found;
  }
}
