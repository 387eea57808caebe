package org.wardfl.algo.bundle;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.Set;

/// Which classes that a training configuration names have a counterpart in Ward's native engine.
/// The names are MONAI's and PyTorch's own; the part behind the last dot counts.
public final class NativePieces {

  /// Networks.
  public static final Set<String> NETWORKS = Set.of("UNet");

  /// Losses.
  public static final Set<String> LOSSES = Set.of("DiceLoss", "DiceCELoss", "CrossEntropyLoss");

  /// Optimizers.
  public static final Set<String> OPTIMIZERS = Set.of("Adam", "SGD");

  /// Transforms of the training data.
  public static final Set<String> TRANSFORMS =
      Set.of(
          "Compose",
          "LoadImaged",
          "EnsureChannelFirstd",
          "Orientationd",
          "Spacingd",
          "ScaleIntensityRanged",
          "NormalizeIntensityd",
          "CropForegroundd",
          "SpatialPadd",
          "RandCropByPosNegLabeld",
          "RandFlipd",
          "RandRotate90d",
          "RandShiftIntensityd",
          "RandScaleIntensityd",
          "RandGaussianNoised",
          "Resized",
          "EnsureTyped");

  /// What drives the training and has its place in the engine itself, not in the configuration.
  public static final Set<String> DRIVERS =
      Set.of(
          "Dataset",
          "CacheDataset",
          "DataLoader",
          "SupervisedTrainer",
          "SimpleInferer",
          "SlidingWindowInferer",
          "StatsHandler",
          "TensorBoardStatsHandler",
          "ValidationHandler",
          "CheckpointSaver",
          "CheckpointLoader",
          "LrScheduleHandler",
          "Activationsd",
          "AsDiscreted",
          "StepLR",
          "MeanDice",
          "Accuracy",
          "ignite.metrics.Accuracy");

  private static final List<Set<String>> ALL =
      List.of(NETWORKS, LOSSES, OPTIMIZERS, TRANSFORMS, DRIVERS);

  private NativePieces() {}

  /// Whether the engine has a counterpart of a class.
  ///
  /// @param target the name as a configuration has it, such as `monai.networks.nets.UNet`
  public static boolean has(String target) {
    var simple = target.substring(target.lastIndexOf('.') + 1);
    var home = target.substring(0, Math.max(0, target.lastIndexOf('.')));
    boolean trusted =
        home.isEmpty()
            || home.startsWith("monai")
            || home.startsWith("torch")
            || home.startsWith("ignite");
    return trusted && ALL.stream().anyMatch(names -> names.contains(simple));
  }

  /// The classes that a part of a configuration names and the engine lacks, in order.
  static SequencedSet<String> missing(SequencedSet<String> targets) {
    var missing = new LinkedHashSet<>(targets);
    missing.removeIf(NativePieces::has);
    return missing;
  }
}
