package org.wardfl.gpu.segmentation;

import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.TaskContext;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.SlidingWindow;
import org.wardfl.gpu.imaging.metric.Dice;
import org.wardfl.gpu.network.Network;
import org.wardfl.gpu.torch.Torch;

/// Predicts the class of every voxel of a volume, window by window, and compares with the truth.
///
/// @param window how large windows are and how they overlap
/// @param classes how many labels there are
public record Predictor(SlidingWindow window, int classes) {

  /// The class of every voxel.
  ///
  /// @param network gives a score for every class and voxel
  /// @throws AlgoException.NonFinite if a score is not a number
  /// @throws AlgoException.Aborted if the task was told to stop
  public Image predict(Image image, Network network, Torch torch, TaskContext task)
      throws AlgoException {
    var logits =
        window.predict(
            image,
            (windows, count) -> {
              task.abort().throwIfSet();
              try (var manager = torch.manager().newSubManager()) {
                return network
                    .forward(Batch.array(manager, windows, window.window(), count, 1), false)
                    .toFloatArray();
              }
            });
    return image.with(best(logits.values(), image.extents().voxels()));
  }

  private float[] best(float[] logits, int voxels) throws AlgoException.NonFinite {
    var best = new float[voxels];
    for (int voxel = 0; voxel < voxels; voxel++) {
      int highest = 0;
      for (int label = 0; label < classes; label++) {
        float logit = logits[label * voxels + voxel];
        if (Float.isNaN(logit)) {
          throw new AlgoException.NonFinite("a prediction is not a number");
        }
        highest = logit > logits[highest * voxels + voxel] ? label : highest;
      }
      best[voxel] = highest;
    }
    return best;
  }

  /// How well a prediction fits the truth.
  ///
  /// @param region where it counts, if not everywhere
  public Dice dice(Image prediction, Image truth, Optional<Image> region) {
    var dice = new Dice(classes);
    for (int voxel = 0; voxel < prediction.values().length; voxel++) {
      if (region.isEmpty() || region.get().values()[voxel] != 0) {
        dice.add((int) prediction.values()[voxel], (int) truth.values()[voxel]);
      }
    }
    return dice;
  }
}
