package org.wardfl.gpu.segmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.nifti.NiftiReader;
import org.wardfl.gpu.imaging.nifti.NiftiWriter;

/// What is said of arguments and datasets that cannot be used; no message names a file.
class SegmentationDataTest {

  @TempDir private Path folder;

  private final Map<String, Object> arguments = new HashMap<>(Spheres.arguments());

  @BeforeEach
  void write() throws Exception {
    Spheres.write(folder, 2, 1);
  }

  @Test
  void rowsAndPatchesAreThoseOfTheList() throws Exception {
    list(
        "image,label,split,patches",
        "volume-0.nii.gz,volume-0-label.nii,train,3",
        "volume-1.nii.gz,volume-1-label.nii,train,",
        "volume-2.nii.gz,volume-2-label.nii,test,");
    var data = data();
    assertThat(data.patchRows()).containsExactly(0, 0, 0, 1, 1, 1, 1);
    assertThat(data.evaluationRows()).containsExactly(2);
    assertThat(data.of(2).crop()).isEmpty();
    assertThat(data.of(0)).isSameAs(data.of(0));
  }

  @Test
  void withoutRoomVolumesAreReadAgain() throws Exception {
    arguments.put("cache", "1KiB");
    var data = data();
    assertThat(data.of(0)).isNotSameAs(data.of(0));
    assertThat(data.of(0).image().values()).containsExactly(data.of(0).image().values());
  }

  @Test
  void aLabelOfOtherExtentsIsNamed() throws Exception {
    var small = new Extents(2, 2, 2);
    label(new Image(1, small, new float[8], Affine.identity()));
    refuse("images.csv, line 2, column `label`: 2x2x2 voxels, expected 16x18x20 as in the image");
  }

  @Test
  void aLabelThatLiesElsewhereIsNamed() throws Exception {
    var label = NiftiReader.read(folder.resolve("volume-0-label.nii"));
    label(
        new Image(
            1, label.extents(), label.values(), Affine.of(1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 1, 0)));
    refuse("images.csv, line 2, column `label`: its voxels lie elsewhere than those of the image");
  }

  @Test
  void aLabelOutsideTheRangeIsNamed() throws Exception {
    var label = NiftiReader.read(folder.resolve("volume-0-label.nii"));
    var values = label.values().clone();
    values[77] = 2;
    label(label.with(values));
    refuse(
        "images.csv, line 2, column `label`: a voxel is labelled 2.0, expected whole numbers from 0 to 1");
    values[77] = 0.5f;
    label(label.with(values));
    refuse("a voxel is labelled 0.5");
  }

  @Test
  void aVolumeSmallerThanAPatchIsNamed() throws Exception {
    arguments.put("patch", List.of(8L, 20L, 8L));
    refuse(
        "images.csv, line 2, column `image`: 16x18x20 voxels after preparation, fewer than a patch of 8x20x8; use smaller patches or leave the image out");
    // One that only is scored may be smaller.
    assertThat(data().of(2).image().extents()).isEqualTo(Spheres.EXTENTS);
  }

  @Test
  void damagedAndMissingFilesAreNamedByTheirLine() throws Exception {
    Files.write(folder.resolve("volume-0.nii.gz"), new byte[] {1, 2, 3});
    refuse(
        "images.csv, line 2, column `image`: the file is cut off: 3 bytes of header, expected 348");
    Files.delete(folder.resolve("volume-0.nii.gz"));
    refuse("images.csv, line 2, column `image`: there is no such file");
    list("image,label,split", "../volume.nii,x.nii,train");
    refuse("images.csv, line 2, column `image`: names a file outside the dataset's folder");
    list("image,label,split", ",x.nii,train");
    refuse("images.csv, line 2, column `image`: the cell is empty; expected the name of a file");
  }

  @Test
  void listsThatCannotBeUsedAreRefused() throws Exception {
    list("image,label", "a,b");
    assertThatThrownBy(this::data)
        .hasMessage("images.csv has no column `split`; its header names image, label");
    list("image,label,split", "a,b,test");
    assertThatThrownBy(() -> data().patchRows())
        .hasMessage("images.csv lists no image whose column `split` says train");
    list("image,label,split,patches", "a,b,train,-1");
    assertThatThrownBy(this::data)
        .hasMessageContaining("column `patches`: expected a whole number");
    Files.delete(folder.resolve("images.csv"));
    assertThatThrownBy(this::data).hasMessage("images.csv is not a file; expected a CSV file");
    assertThatThrownBy(() -> SegmentationData.of(options(), folder.resolve("none")))
        .hasMessageContaining("the dataset is not a folder");
  }

  @Test
  void argumentsThatCannotBeUsedAreRefused() {
    refuseArgument(
        "patch",
        List.of(8L, 9L, 8L),
        "argument `patch`: found [8, 9, 8], expected multiples of 2, the product of the network's strides");
    refuseArgument("patch", List.of(8L, 8L), "argument `patch`: found [8, 8], expected 3 numbers");
    refuseArgument("network", Map.of("type", "vnet"), "`network.type`: found vnet, expected unet");
    refuseArgument(
        "network",
        Map.of("channels", List.of(8L), "strides", List.of()),
        "argument `network`: 1 levels and 0 strides");
    refuseArgument(
        "network",
        Map.of("channels", List.of(1L << 40, 8L), "strides", List.of(2L)),
        "argument `network`: found 1099511627776, expected at most 4096");
    refuseArgument("orientation", "XYZ", "argument `orientation`: orientation XYZ");
    refuseArgument("spacing", List.of(1L, 2L), "argument `spacing`: found [1.0, 2.0]");
    refuseArgument(
        "intensity",
        Map.of("method", "range", "from", List.of(5L, 1L)),
        "argument `intensity`: range 5.0 to 1.0");
    refuseArgument(
        "augmentation",
        Map.of("flip", List.of("q")),
        "`augmentation.flip`: found [q], expected a list of x, y and z");
    refuseArgument("method", Map.of("type", "fedprx"), "`method.type`: found fedprx, expected ");
    refuseArgument(
        "method",
        Map.of("type", "fedprox", "mv", 1L),
        "unknown argument `method.mv`; expected one of type, mu");
    refuseArgument(
        "method", Map.of("type", "fedprox"), "argument `method.mu` is missing; expected a number");
    refuseArgument("augmentation", Map.of("rotate90", true), "rotate90 needs", List.of(8L, 4L, 4L));
    refuseArgument(
        "cache", "lots", "argument `cache`: found lots, expected an amount such as 512MiB");
    refuseArgument("overlap", 1.0, "argument `overlap`: found 1.0, expected 0.0 to 0.95");
    refuseArgument("chanels", 1L, "unknown argument `chanels`");
  }

  private void refuseArgument(String key, Object value, String message) {
    refuseArgument(key, value, message, List.of(8L, 8L, 8L));
  }

  private void refuseArgument(String key, Object value, String message, List<Long> patch) {
    var changed = new HashMap<>(Spheres.arguments());
    changed.put("patch", patch);
    changed.put(key, value);
    assertThatThrownBy(() -> SegmentationOptions.of(new Arguments(changed), Arguments.none()))
        .isInstanceOf(AlgoException.Configuration.class)
        .hasMessageContaining(message);
  }

  private void label(Image label) throws Exception {
    var file = folder.resolve("volume-0-label.nii");
    Files.delete(file);
    NiftiWriter.write(label, file);
  }

  private void list(String... lines) throws Exception {
    Files.write(folder.resolve("images.csv"), List.of(lines));
  }

  private SegmentationOptions options() throws AlgoException.Configuration {
    return SegmentationOptions.of(new Arguments(arguments), Arguments.none());
  }

  private SegmentationData data() throws AlgoException {
    return SegmentationData.of(options(), folder);
  }

  private void refuse(String message) {
    assertThatThrownBy(() -> data().of(0))
        .isInstanceOf(AlgoException.SiteData.class)
        .hasMessageStartingWith("images.csv")
        .hasMessageContaining(message)
        .message()
        .doesNotContain("volume", folder.toString());
  }
}
