package org.wardfl.gpu.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;

class SampleSheetTest {

  private static final int CLASS_1 = 0xff4cc9f0;
  private static final int CLASS_2 = 0xffffb703;
  private static final SampleOptions THREE =
      new SampleOptions(3, List.of("elsewhere", "brain", "lesion"));

  @TempDir private Path scratch;

  @Test
  void casesAreDrawnBySeedAndShownMoreThanOnceIfTheyAreFew() throws Exception {
    var sheet = sheet();
    var chosen = sheet.chosen(100, 7);
    assertThat(chosen).hasSize(3).allSatisfy((at, count) -> assertThat(count).isEqualTo(1));
    assertThat(sheet.chosen(100, 7)).isEqualTo(chosen);
    assertThat(sheet.chosen(100, 8)).isNotEqualTo(chosen);
    assertThat(sheet.chosen(1, 7)).isEqualTo(Map.of(0, 3));
    assertThat(sheet.chosen(2, 7).values()).containsExactlyInAnyOrder(1, 2);
    assertThat(sheet.chosen(0, 7)).isEmpty();
    assertThat(SampleSheet.none().chosen(100, 7)).isEmpty();
  }

  @Test
  void aVolumeIsCutAcrossItsShortestAxisWithOutlines() throws Exception {
    // 10 along y of 1 mm; the truth a block of 4x4x4, the prediction one voxel beside it.
    var extents = new Extents(20, 10, 30);
    var image = new float[extents.voxels()];
    var truth = new float[extents.voxels()];
    var prediction = new float[extents.voxels()];
    for (int x = 0; x < 20; x++) {
      for (int y = 0; y < 10; y++) {
        for (int z = 0; z < 30; z++) {
          int at = (x * 10 + y) * 30 + z;
          image[at] = z;
          truth[at] = x >= 8 && x < 12 && y >= 3 && y < 7 && z >= 12 && z < 16 ? 1 : 0;
          prediction[at] = x >= 9 && x < 13 && y >= 3 && y < 7 && z >= 12 && z < 16 ? 2 : 0;
        }
      }
    }
    var sheet = sheet();
    sheet.volume(
        2,
        5,
        new Image(1, extents, image, Affine.identity()),
        new Image(1, extents, truth, Affine.identity()),
        new Image(1, extents, prediction, Affine.identity()),
        Optional.empty(),
        0.25,
        1);
    sheet.finish();
    assertThat(Files.readString(scratch.resolve("samples/samples.json")))
        .contains(
            "{\"case\": 2, \"of\": 5, \"axis\": \"y\", \"slice\": 6, \"slices\": 10, \"dice\": 0.25,"
                + " \"classes\": [\"brain\", \"lesion\"]}");
    // 8 mm of room around 5x4 voxels: x from 0 to 20, z from 4 to 24.
    var plain = picture("1-image.png");
    assertThat(plain.getWidth()).isEqualTo(256);
    assertThat(plain.getHeight()).isEqualTo(256);
    assertThat(plain.getRGB(128, 2) & 0xff).isGreaterThan(plain.getRGB(128, 250) & 0xff);
    // The truth's box is 8 to 12 of 20 columns, and 8 to 12 of 20 rows from the top.
    var outlined = picture("1-truth.png");
    assertThat(outlined.getRGB(103, 128)).isEqualTo(CLASS_1);
    assertThat(outlined.getRGB(128, 128)).isEqualTo(plain.getRGB(128, 128));
    assertThat(outlined.getRGB(100, 128)).isEqualTo(plain.getRGB(100, 128));
    var predicted = picture("1-prediction.png");
    assertThat(predicted.getRGB(103, 128)).isEqualTo(plain.getRGB(103, 128));
    assertThat(predicted.getRGB(116, 128)).isEqualTo(CLASS_2);
  }

  @Test
  void onlyTheScoredPartIsShown() {
    var extents = new Extents(20, 20, 20);
    var region = new float[extents.voxels()];
    for (int x = 5; x < 15; x++) {
      for (int y = 8; y < 11; y++) {
        for (int z = 0; z < 20; z++) {
          region[(x * 20 + y) * 20 + z] = 1;
        }
      }
    }
    var nothing = new Image(1, extents, new float[extents.voxels()], Affine.identity());
    var cuts =
        Cut.through(
            nothing, nothing, Optional.of(new Image(1, extents, region, Affine.identity())), 5);
    assertThat(cuts).extracting(Cut::axis).containsOnly(1);
    // Three slices are no five.
    assertThat(cuts).extracting(Cut::at).containsExactly(8, 9, 10);
    assertThat(cuts.getFirst().columns()).isEqualTo(10);
    assertThat(cuts.getFirst().rows()).isEqualTo(20);
    assertThat(cuts.getFirst().part().from(0)).isEqualTo(5);
  }

  @Test
  void aPictureIsTold() throws Exception {
    var sheet = sheet();
    var image =
        new Image(1, new Extents(2, 4, 1), new float[] {0, 1, 2, 3, 4, 5, 6, 7}, Affine.identity());
    sheet.picture(4, 9, image, 2, 1, new double[] {0.1, 0.6, 0.3});
    sheet.finish();
    assertThat(Files.readString(scratch.resolve("samples/samples.json")))
        .contains("\"truth\": \"lesion\", \"predicted\": \"brain\", \"probability\": 0.6");
    var picture = picture("1-image.png");
    assertThat(picture.getWidth()).isEqualTo(256);
    assertThat(picture.getHeight()).isEqualTo(128);
    assertThat(picture.getRGB(0, 0)).isEqualTo(0xff000000);
    assertThat(picture.getRGB(255, 127)).isEqualTo(0xffffffff);
  }

  @Test
  void aSiteThatKeepsNoSamplesHasNone() {
    var sheet = SampleSheet.in(scratch, THREE);
    assertThat(sheet.chosen(100, 7)).isEmpty();
    sheet.finish();
    assertThat(scratch).isEmptyDirectory();
  }

  @Test
  void argumentsThatCannotBeUsedAreRefused() {
    refuse(Map.of("samples", 13L), "argument `samples`: found 13, expected 0 to 12");
    refuse(
        Map.of("class_names", List.of("brain")),
        "argument `class_names`: found 1 names, expected 2");
    refuse(
        Map.of("class_names", List.of("a", "\"b\"")),
        "argument `class_names`: found '\"b\"', expected up to 40 letters, digits, spaces and"
            + " _.+/()-");
  }

  private static void refuse(Map<String, Object> arguments, String message) {
    assertThatThrownBy(() -> SampleOptions.of(new Arguments(new TreeMap<>(arguments)), 2))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessage(message);
  }

  private SampleSheet sheet() throws Exception {
    Files.createDirectory(scratch.resolve("samples"));
    return SampleSheet.in(scratch, THREE);
  }

  private BufferedImage picture(String name) throws Exception {
    return ImageIO.read(scratch.resolve("samples").resolve(name).toFile());
  }
}
