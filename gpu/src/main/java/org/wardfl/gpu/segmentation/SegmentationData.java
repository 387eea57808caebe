package org.wardfl.gpu.segmentation;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.imaging.dataset.Kept;
import org.wardfl.gpu.imaging.transform.RandomCrop;

/// A site's volumes and labels, prepared.
///
/// Columns of the list: `image` and `label`, `split`, and if need be `region` (where it is not 0,
/// predictions are scored; everywhere else they are not) and `patches` (how many are drawn of an
/// image in an epoch).
final class SegmentationData {

  private final SegmentationOptions options;
  private final ImageList list;
  private final Kept<Case, AlgoException> cases;
  private final List<Integer> patchRows = new ArrayList<>();

  private SegmentationData(SegmentationOptions options, ImageList list) {
    this.options = options;
    this.list = list;
    this.cases = new Kept<>(options.cacheBytes(), this::read);
  }

  /// Reads a folder's list; its volumes not before they are needed.
  static SegmentationData of(SegmentationOptions options, Path folder)
      throws AlgoException.SiteData {
    var data = new SegmentationData(options, ImageList.read(folder));
    for (int row : data.list.rows("train")) {
      int patches = data.list.whole(row, "patches", options.patches(), 0, 1 << 20);
      for (int i = 0; i < patches; i++) {
        data.patchRows.add(row);
      }
    }
    return data;
  }

  /// One volume.
  ///
  /// @param image one channel
  /// @param label a class for each voxel
  /// @param region where predictions are scored
  /// @param crop draws patches; none of a volume that only is scored
  record Case(Image image, Image label, Optional<Image> region, Optional<RandomCrop> crop)
      implements Kept.Sized {

    @Override
    public long sizeBytes() {
      return image.sizeBytes()
          + label.sizeBytes()
          + region.map(Image::sizeBytes).orElse(0L)
          + crop.map(RandomCrop::sizeBytes).orElse(0L);
    }
  }

  /// Of each patch of an epoch, the row of its volume.
  ///
  /// @throws AlgoException.SiteData if there is none
  List<Integer> patchRows() throws AlgoException.SiteData {
    if (patchRows.isEmpty()) {
      list.training();
      throw new AlgoException.SiteData(ImageList.NAME + " asks for no patch of any training image");
    }
    return patchRows;
  }

  /// The rows that models are scored on.
  List<Integer> evaluationRows() {
    return list.rows(options.evaluate());
  }

  /// The volume of a row.
  Case of(int row) throws AlgoException {
    return cases.get(row);
  }

  private Case read(int row) throws AlgoException {
    var image = list.volume(row, "image");
    var label = list.volume(row, "label");
    check(row, "label", label, image);
    Optional<Image> region = Optional.empty();
    if (list.has("region") && list.file(row, "region").isPresent()) {
      region = Optional.of(list.volume(row, "region"));
      check(row, "region", region.get(), image);
    }
    try {
      var prepared = options.preparation().image(image);
      var truth = options.preparation().label(label);
      checkLabels(row, truth);
      return new Case(
          prepared,
          truth,
          region.isPresent()
              ? Optional.of(options.preparation().label(region.get()))
              : Optional.empty(),
          patchRows.contains(row) ? Optional.of(crop(row, truth)) : Optional.empty());
    } catch (ImageException | IllegalArgumentException e) {
      throw list.bad(row, String.valueOf(e.getMessage()));
    }
  }

  private void check(int row, String column, Image image, Image of) throws AlgoException.SiteData {
    if (image.isOnTheGridOf(of)) {
      return;
    }
    throw list.bad(
        row,
        column,
        image.extents().equals(of.extents())
            ? "its voxels lie elsewhere than those of the image: affine "
                + image.affine()
                + ", expected "
                + of.affine()
            : image.extents() + " voxels, expected " + of.extents() + " as in the image");
  }

  private void checkLabels(int row, Image label) throws AlgoException.SiteData {
    for (float value : label.values()) {
      if (!(value >= 0 && value < options.classes() && value == (int) value)) {
        throw list.bad(
            row,
            "label",
            "a voxel is labelled "
                + value
                + ", expected whole numbers from 0 to "
                + (options.classes() - 1));
      }
    }
  }

  private RandomCrop crop(int row, Image label) throws AlgoException.SiteData {
    if (!label.extents().holds(options.patch())) {
      throw list.bad(
          row,
          label.extents()
              + " voxels after preparation, fewer than a patch of "
              + options.patch()
              + "; use smaller patches or leave the image out");
    }
    return new RandomCrop(label, options.patch(), options.foreground());
  }
}
