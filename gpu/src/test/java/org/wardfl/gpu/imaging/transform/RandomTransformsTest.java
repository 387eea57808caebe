package org.wardfl.gpu.imaging.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardfl.gpu.imaging.Affine;
import org.wardfl.gpu.imaging.Extents;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// What is drawn.
class RandomTransformsTest {

  private static final Extents EXTENTS = new Extents(9, 10, 11);

  private static Image label(int foreground) {
    var values = new float[EXTENTS.voxels()];
    for (int i = 0; i < foreground; i++) {
      values[(i * 7 + 300) % values.length] = 1;
    }
    return new Image(1, EXTENTS, values, Affine.identity());
  }

  @Test
  void patchesSurroundTheForegroundAsOftenAsAsked() {
    // One voxel of foreground far from the border, patches of one voxel: half of 10,000, to 4
    // sigma.
    var crop = new RandomCrop(label(1), new Extents(1, 1, 1), 0.5);
    var random = new Random(1);
    int hits = 0;
    for (int i = 0; i < 10_000; i++) {
      var at = crop.next(random);
      hits += label(1).at(0, at[0], at[1], at[2]) == 1 ? 1 : 0;
    }
    assertThat(hits / 10_000.0).isCloseTo(0.5, within(0.02));
  }

  @Test
  void patchesLieInsideAndAreTheSameForASeed() {
    var crop = new RandomCrop(label(400), new Extents(4, 5, 11), 1);
    var again = new Random(2);
    var random = new Random(2);
    for (int i = 0; i < 200; i++) {
      var at = crop.next(random);
      assertThat(at).containsExactly(crop.next(again));
      assertThat(at[0]).isBetween(0, 5);
      assertThat(at[1]).isBetween(0, 5);
      assertThat(at[2]).isZero();
    }
  }

  @Test
  void anImageOfOneKindGivesThat() {
    var random = new Random(3);
    assertThat(new RandomCrop(label(0), new Extents(2, 2, 2), 1).next(random)).hasSize(3);
    assertThat(new RandomCrop(label(EXTENTS.voxels()), new Extents(2, 2, 2), 0).next(random))
        .hasSize(3);
    assertThatThrownBy(() -> new RandomCrop(label(1), new Extents(10, 2, 2), 1))
        .hasMessageContaining("blocks of 10x2x2 of an image of 9x10x11");
  }

  @Test
  void imageAndLabelAreTurnedAlike() {
    var values = new float[4 * 4 * 3];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    var image = new Image(1, new Extents(4, 4, 3), values, Affine.identity());
    var random = new Random(4);
    var augmentation = new Augmentation(true, true, true, true, 0, 0, 0);
    int changed = 0;
    for (int i = 0; i < 50; i++) {
      var pair = augmentation.apply(image, image, random);
      assertThat(pair.image().values()).containsExactly(pair.label().values());
      changed += java.util.Arrays.equals(pair.image().values(), values) ? 0 : 1;
    }
    assertThat(changed).isGreaterThan(40);
  }

  @Test
  void intensitiesChangeWithinTheirBoundsAndLabelsNever() {
    var ones = new float[1000];
    java.util.Arrays.fill(ones, 1);
    var image = new Image(1, new Extents(10, 10, 10), ones, Affine.identity());
    var random = new Random(5);
    for (int i = 0; i < 50; i++) {
      var pair =
          new Augmentation(false, false, false, false, 0.1, 0.2, 0).apply(image, image, random);
      assertThat(pair.image().values()[0]).isBetween(0.7f, 1.3f);
      assertThat(pair.label()).isSameAs(image);
    }
    var noisy =
        new Augmentation(false, false, false, false, 0, 0, 0.5).apply(image, random).values();
    double squares = 0;
    for (float value : noisy) {
      squares += (value - 1) * (value - 1);
    }
    assertThat(Math.sqrt(squares / noisy.length)).isCloseTo(0.5, within(0.05));
  }

  @Test
  void whatCannotBeDoneIsSaid() {
    assertThatThrownBy(() -> new CropForeground(2, 0).apply(label(5)))
        .isInstanceOf(ImageException.class)
        .hasMessage("no voxel is above 2.0: there is no foreground to crop");
    assertThatThrownBy(() -> new ScaleIntensityRangePercentiles(0, 100, 0, 1, true).apply(label(0)))
        .isInstanceOf(ImageException.class)
        .hasMessageContaining("there is no range");
    assertThatThrownBy(() -> new Orientation("RAR"))
        .hasMessage("orientation RAR, expected one each of R or L, A or P, S or I, such as RAS");
    assertThatThrownBy(() -> new Orientation("RA")).isInstanceOf(IllegalArgumentException.class);
  }
}
