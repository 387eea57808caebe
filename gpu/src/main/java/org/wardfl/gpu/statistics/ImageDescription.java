package org.wardfl.gpu.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Remark;
import org.wardfl.algo.statistics.Statistic;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.imaging.picture.PictureReader;

/// The statistics of a folder of images as they are stored, whatever they are for: what MONAI's
/// `get_data_stats` tells, but in a form that can be put together over sites.
///
/// The features are those of [ImageValues]. An image that cannot be read counts as missing, and a
/// remark says which line of the list names it.
///
/// @param list the images
/// @param form what they are
public record ImageDescription(ImageList list, Form form) {

  /// What kind of images a list names.
  public sealed interface Form {}

  /// Volumes, NIfTI or DICOM; the column `label` may name a file with a label for each voxel.
  public record Volumes() implements Form {}

  /// Pictures; the column `label` may say their class.
  ///
  /// @param channels 1 for grey, 3 for colours
  public record Pictures(int channels) implements Form {}

  private static final int MOST_REMARKS = 3;
  private static final int LONGEST_REMARK = 300;
  private static final int MOST_CLASSES = 1000;
  private static final String LABEL = "label";

  /// Describes them.
  ///
  /// @throws AlgoException.Configuration if classes of volumes are asked for
  /// @throws AlgoException if the list cannot be used, or the task was aborted
  public DataStats describe(StatisticsRequest request, TaskContext task) throws AlgoException {
    var rows = list.all();
    var groups = request.byClass() ? groups(rows) : Map.<Integer, String>of();
    var remarks = new ArrayList<Remark>();
    var voxels = new VoxelFeatures(request);
    var images = new ImageFeatures(request);
    int done = 0;
    for (int row : rows) {
      task.abort().throwIfSet();
      var groupsOfRow = groups.containsKey(row) ? List.of("", groups.get(row)) : List.of("");
      Map<String, Double> values = Map.of();
      try {
        var image = image(row);
        var read = new ImageValues(image, label(row, image));
        values = read.values(form instanceof Volumes);
        voxels.add(groupsOfRow, read.intensities());
      } catch (AlgoException.SiteData e) {
        remark(remarks, String.valueOf(e.getMessage()));
      }
      images.add(groupsOfRow, values);
      done++;
      task.progress((double) done / rows.size(), "read " + done + " images");
    }
    var features = new ArrayList<FeatureStatistics>();
    features.addAll(voxels.described(remarks));
    features.addAll(images.described(remarks));
    for (var feature : request.features()) {
      if (features.stream().noneMatch(known -> known.feature().equals(feature))) {
        features.add(FeatureStatistics.withheld(feature, "", "the data has no such feature"));
      }
    }
    return new DataStats(new TreeMap<>(), rows.size(), features);
  }

  private static void remark(List<Remark> remarks, String sentence) {
    if (remarks.size() < MOST_REMARKS) {
      var whole = "an image was left out: " + sentence.replaceAll("\\p{Cntrl}", " ");
      remarks.add(
          Remark.coarse(
              whole.substring(0, Math.min(LONGEST_REMARK, whole.length())), Statistic.MISSING));
    }
  }

  private Map<Integer, String> groups(List<Integer> rows) throws AlgoException {
    if (form instanceof Volumes) {
      throw new AlgoException.Configuration("by_class: volumes have no classes, only pictures do");
    }
    var groups = new TreeMap<Integer, String>();
    for (int row : rows) {
      int label = list.whole(row, LABEL, -1, 0, MOST_CLASSES - 1);
      groups.put(row, LABEL + "=" + (label < 0 ? "missing" : String.valueOf(label)));
    }
    return groups;
  }

  private Image image(int row) throws AlgoException.SiteData {
    return switch (form) {
      case Volumes _ -> list.volume(row, "image");
      case Pictures(var channels) ->
          list.image(row, "image", file -> PictureReader.read(file, channels));
    };
  }

  private Optional<Image> label(int row, Image image) throws AlgoException.SiteData {
    if (form instanceof Pictures || !list.has(LABEL) || list.file(row, LABEL).isEmpty()) {
      return Optional.empty();
    }
    var label = list.volume(row, LABEL);
    if (!label.extents().equals(image.extents())) {
      throw list.bad(
          row,
          LABEL,
          label.extents() + " voxels, expected " + image.extents() + " as in the image");
    }
    return Optional.of(label);
  }
}
