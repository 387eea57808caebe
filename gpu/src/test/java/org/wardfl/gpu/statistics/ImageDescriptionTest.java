package org.wardfl.gpu.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.statistics.Bins;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.imaging.nifti.NiftiWriter;

/// Two small volumes whose statistics are counted by hand.
class ImageDescriptionTest {

  private static final Extents GRID = new Extents(2, 1, 2);

  @TempDir private Path folder;

  @Test
  void voxelsOfAllVolumesArePutTogether() throws Exception {
    volumes();
    var bins = new TreeMap<>(Map.of("intensity", new Bins(0, 12, 3)));
    var told = describe(new StatisticsRequest(List.of(), false, bins), volumesOf());
    var intensity = feature(told, "intensity", "");
    assertThat(intensity.patients()).isEqualTo(2);
    assertThat(intensity.count()).hasValue(8);
    assertThat(intensity.moments()).hasValue(Moments.of(1, 2, 3, 10, 5, 5, 5, 9));
    // One image each reaches the ends.
    assertThat(intensity.extremes()).hasValue(new Extremes(1, 1, 10, 1));
    assertThat(intensity.histogram().orElseThrow().counts()).containsExactly(3L, 3L, 2L);
    var foreground = feature(told, "foreground_intensity", "");
    assertThat(foreground.moments()).hasValue(Moments.of(3, 10, 5, 5));
  }

  @Test
  void imagesHaveShapesSpacingsAndVolumesOfLabels() throws Exception {
    volumes();
    var told = describe(StatisticsRequest.all(), volumesOf());
    assertThat(feature(told, "shape.x", "").moments()).hasValue(Moments.of(2, 2));
    assertThat(feature(told, "spacing.z", "").extremes()).hasValue(new Extremes(1, 1, 3, 1));
    // Voxels of 1 and of 3 mm³; label 2 is nowhere in the second volume.
    assertThat(feature(told, "label.1.volume", "").moments()).hasValue(Moments.of(1, 6));
    assertThat(feature(told, "label.2.volume", "").moments()).hasValue(Moments.of(1, 0));
    assertThat(feature(told, "image.median", "").moments()).hasValue(Moments.of(2.5, 5));
    assertThat(feature(told, "image.p90", "").moments().orElseThrow().sum())
        .isCloseTo(3 + 0.7 * 7 + 5 + 0.7 * 4, within(1e-12));
    assertThat(feature(told, "image.stddev", "").count()).hasValue(2);
  }

  @Test
  void anImageThatCannotBeReadIsMissingAndNamedByItsLine() throws Exception {
    volumes();
    Files.writeString(folder.resolve("b.nii"), "no image");
    var told = describe(StatisticsRequest.all(), volumesOf());
    var shape = feature(told, "shape.x", "");
    assertThat(shape.count()).hasValue(1);
    assertThat(shape.missing()).hasValue(1);
    assertThat(shape.remarks())
        .singleElement()
        .satisfies(remark ->
            assertThat(remark.sentence())
                .startsWith("an image was left out: images.csv, line 3, column `image`: ")
                .doesNotContain("b.nii"));
  }

  @Test
  void picturesAreDescribedByClass() throws Exception {
    picture("0.png", 10, 20);
    picture("1.png", 30, 40);
    list("image,label,split", "0.png,0,train", "1.png,1,train");
    var request = new StatisticsRequest(List.of("intensity"), true, Collections.emptySortedMap());
    var told = describe(request, new ImageDescription.Pictures(1));
    assertThat(told).extracting(FeatureStatistics::group).containsExactly("", "label=0", "label=1");
    assertThat(feature(told, "intensity", "label=1").moments()).hasValue(Moments.of(30, 40));
  }

  private static ImageDescription.Form volumesOf() {
    return new ImageDescription.Volumes();
  }

  private void volumes() throws Exception {
    write("a.nii", 1, 1, 2, 3, 10);
    write("a-label.nii", 1, 0, 0, 1, 2);
    write("b.nii", 3, 5, 5, 5, 9);
    write("b-label.nii", 3, 1, 1, 0, 0);
    list("image,label,split", "a.nii,a-label.nii,train", "b.nii,b-label.nii,test");
  }

  private void write(String name, double depth, float... values) throws Exception {
    var affine = Affine.of(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, depth, 0);
    NiftiWriter.write(new Image(1, GRID, values, affine), folder.resolve(name));
  }

  private void picture(String name, int... values) throws Exception {
    var picture = new BufferedImage(values.length, 1, BufferedImage.TYPE_BYTE_GRAY);
    for (int column = 0; column < values.length; column++) {
      picture.getRaster().setSample(column, 0, 0, values[column]);
    }
    ImageIO.write(picture, "png", folder.resolve(name).toFile());
  }

  private void list(String... lines) throws Exception {
    Files.write(folder.resolve("images.csv"), Arrays.asList(lines));
  }

  private List<FeatureStatistics> describe(StatisticsRequest request, ImageDescription.Form form)
      throws Exception {
    return new ImageDescription(ImageList.read(folder), form)
        .describe(request, new DescriptionTask())
        .features();
  }

  private static FeatureStatistics feature(
      List<FeatureStatistics> told, String feature, String group) {
    return told.stream()
        .filter(known -> known.feature().equals(feature) && known.group().equals(group))
        .findFirst()
        .orElseThrow();
  }
}
