package org.wardfl.gpu.statistics;

import java.util.List;
import java.util.Set;
import org.wardfl.algo.AlgoContext;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.algo.DataStats;
import org.wardfl.algo.TaskContext;
import org.wardfl.algo.TaskKind;
import org.wardfl.algo.statistics.StatisticsRequest;
import org.wardfl.gpu.imaging.dataset.ImageList;
import org.wardfl.gpu.option.Settings;

/// Makes `image-statistics`, which describes the images of a folder. Arguments: `colours`, whether
/// pictures are read in three channels instead of grey.
public final class ImageStatisticsFactory implements ClientAlgoFactory {

  /// For the service loader.
  public ImageStatisticsFactory() {}

  @Override
  public String id() {
    return "image-statistics";
  }

  @Override
  public Set<TaskKind> supports() {
    return Set.of(TaskKind.DATA_STATS);
  }

  @Override
  public boolean needsOwnProcess() {
    return false;
  }

  @Override
  public void check(Arguments arguments, Arguments dataSettings)
      throws AlgoException.Configuration {
    form(arguments, dataSettings);
  }

  @Override
  public ClientAlgo create() {
    return new DescribingAlgo(id(), ImageStatisticsFactory::describe);
  }

  private static ImageDescription.Form form(Arguments arguments, Arguments data)
      throws AlgoException.Configuration {
    arguments.only("colours");
    data.only("format", "evaluate");
    boolean colours = arguments.bool("colours", false);
    var format =
        new Settings(data).word("format", "nifti", List.of("nifti", "dicom", "png", "jpeg"));
    return switch (format) {
      case "nifti", "dicom" -> new ImageDescription.Volumes();
      default -> new ImageDescription.Pictures(colours ? 3 : 1);
    };
  }

  private static DataStats describe(
      AlgoContext context, StatisticsRequest request, TaskContext task) throws AlgoException {
    var form = form(context.arguments(), context.data().settings());
    var list = ImageList.read(context.data().location().orElseThrow());
    return new ImageDescription(list, form).describe(request, task);
  }
}
