package org.wardfl.gpu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.bundle.BundleOverrides;
import org.wardfl.algo.bundle.Node;
import org.wardfl.algo.zip.ZipWriter;
import org.wardfl.gpu.imaging.nifti.NiftiReader;
import org.wardfl.gpu.imaging.nifti.NiftiWriter;
import org.wardfl.gpu.imaging.transform.Flip;

/// What a bundle asks for natively, from its folder or ZIP file, with overrides, and which data it
/// refuses.
@Timeout(60)
class BundleOptionsTest {

  private static final Path EXAMPLE = Path.of("..", "examples", "monai-bundle");

  @TempDir private Path folder;

  @Test
  void theExampleIsUnderstood() throws Exception {
    var plan = options(Map.of("bundle", "spheres")).plan();
    assertThat(plan.network().channels()).containsExactly(4, 8);
    assertThat(plan.optimizer().rate()).isEqualTo(0.05);
    assertThat(plan.training().steps()).hasSize(6);
    assertThat(plan.validation().orElseThrow().window()).containsExactly(16, 16, 16);
    assertThat(plan.validation().orElseThrow().metric()).isEqualTo("val_mean_dice");
  }

  @Test
  void aJobsOverridesAndThenThoseOfTheSiteAreLaidOverTheBundle() throws Exception {
    var arguments =
        Map.of(
            "bundle",
            "spheres",
            "overrides",
            Map.of("train#dataloader#batch_size", 5L, "train#random_transforms", List.of()));
    assertThat(options(arguments).plan().batchSize()).isEqualTo(5);
    assertThat(options(arguments).plan().training().steps()).hasSize(3);
    var site = Map.<String, Object>of("batch_size", 1L, "workers", 3L, "cache", "2MiB");
    var options = options(arguments, site);
    assertThat(options.plan().batchSize()).isEqualTo(1);
    assertThat(options.cacheBytes()).isEqualTo(2 << 20);
    assertThat(options.train().get("train#dataloader#num_workers")).contains(new Node.Whole(3));
  }

  @Test
  void aHandlerThatASiteDisablesIsNoHindrance() throws Exception {
    Map<String, Object> arguments =
        Map.of(
            "bundle",
            "spheres",
            "overrides",
            Map.of("train#handlers", List.of(Map.of("_target_", "LrScheduleHandler"))));
    refused(arguments, "the native engine lacks");
    var site = Map.<String, Object>of("disabled_handlers", List.of("LrScheduleHandler"));
    assertThat(options(arguments, site).train().get("train#handlers#0#_disabled_"))
        .contains(new Node.Truth(true));
  }

  private static BundleOptions options(Map<String, Object> arguments, Map<String, Object> site)
      throws AlgoException {
    return BundleOptions.of(
        EXAMPLE,
        new Arguments(arguments),
        Arguments.none(),
        Map.of(),
        BundleOverrides.of(new Arguments(site)));
  }

  @Test
  void aPackedBundleIsTheSame() throws Exception {
    try (var zip = ZipWriter.open(folder.resolve("spheres.zip"));
        var files = Files.walk(EXAMPLE.resolve("spheres"))) {
      for (var file : files.filter(Files::isRegularFile).toList()) {
        zip.add(EXAMPLE.relativize(file).toString(), Files.readAllBytes(file));
      }
      zip.finish();
    }
    var packed =
        BundleOptions.of(
            folder,
            new Arguments(Map.of("bundle", "spheres.zip", "start", "weights")),
            Arguments.none());
    assertThat(packed.plan()).isEqualTo(options(Map.of("bundle", "spheres")).plan());
    assertThat(packed.fromWeights()).isTrue();
  }

  @Test
  void whatIsMissingIsNamed() {
    refused(
        Map.of("bundle", "spheres", "overrides", Map.of("network_def#norm", "batch")),
        "the native engine lacks network_def: UNet with norm batch; run the bundle with engine:"
            + " monai");
    refused(
        Map.of("bundle", "spheres", "overrides", Map.of("held_out", "@images")),
        "the native engine lacks train::dataset: data: - of list; validate::dataset: data: - of"
            + " list; run the bundle with engine: monai");
    refused(Map.of("bundle", "../spheres"), "argument `bundle`: it is outside the job folder");
    refused(Map.of("bundle", "spheres", "epochs", 1L), "unknown argument `epochs`");
    refused(Map.of("bundle", "cubes"), "the bundle cannot be used: there is no ");
  }

  @Test
  void casesOfASiteAreListedInTheirOrder() throws Exception {
    Cubes.write(folder, 4, 16);
    assertThat(cases().count()).isEqualTo(3);
    var one = cases().of(1);
    assertThat(one.pair().label().values()).contains(1f);
    assertThat(one.crop()).isPresent();
  }

  @Test
  void dataThatCannotBeUsedIsRefusedByTheNumberOfItsCase() throws Exception {
    Cubes.write(folder, 4, 16);
    Cubes.write(folder, 1, 16, 2);
    complains(1, "case 2, label: a voxel is labelled 2.0, expected whole numbers from 0 to 1");
    Cubes.write(folder, 1, 12, 1);
    complains(1, "case 2, image: blocks of 16x16x16 of an image of 12x12x12");
    Files.delete(folder.resolve("labels/case-2.nii"));
    Files.writeString(folder.resolve("images/case-0.nii"), "no image");
    complains(0, "case 1, image: ");
    Cubes.write(folder, 4, 16);
    var label = NiftiReader.read(folder.resolve("labels/case-0.nii"));
    Files.delete(folder.resolve("labels/case-0.nii"));
    NiftiWriter.write(
        new Flip(true, false, false).apply(label), folder.resolve("labels/case-0.nii"));
    complains(0, "case 1, label: 16x16x16 voxels that are not those of the image");
  }

  @Test
  void nothingBeyondTheDatasetIsRead() throws Exception {
    Cubes.write(folder.resolve("site"), 4, 16);
    var outside =
        Map.<String, Object>of(
            "bundle", "spheres", "overrides", Map.of("images", "$['/etc/passwd'] * 4"));
    assertThatThrownBy(() -> cases(outside, folder.resolve("site")))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessage("train::dataset::data, case 1, image: a file outside the dataset's folder");
    var elsewhere =
        Map.<String, Object>of(
            "bundle", "spheres", "overrides", Map.of("images", "$glob.glob('/etc/*')"));
    assertThatThrownBy(() -> cases(elsewhere, folder.resolve("site")))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessageContaining("gives no list of cases at this site");
  }

  private void complains(int number, String what) {
    assertThatThrownBy(() -> cases().of(number))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessageStartingWith("train::dataset::data, " + what)
        .hasMessageNotContaining("case-");
  }

  private Cases cases() throws AlgoException {
    return cases(Map.of("bundle", "spheres"), folder);
  }

  private static Cases cases(Map<String, Object> arguments, Path site) throws AlgoException {
    var options =
        BundleOptions.of(
            EXAMPLE,
            new Arguments(arguments),
            Arguments.none(),
            Map.of("dataset_dir", new Node.Text(site.toString())),
            BundleOverrides.NONE);
    return Cases.of(options.plan().training(), options.train(), site, 2, 1 << 20);
  }

  private static void refused(Map<String, Object> arguments, String why) {
    assertThatThrownBy(() -> options(arguments))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageStartingWith(why);
  }

  private static BundleOptions options(Map<String, ?> arguments) throws AlgoException {
    return BundleOptions.of(EXAMPLE, new Arguments(new TreeMap<>(arguments)), Arguments.none());
  }
}
