package org.wardfl.gpu.imaging.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;
import org.wardfl.gpu.imaging.transform.Interpolation;
import org.wardfl.gpu.imaging.transform.Orientation;
import org.wardfl.gpu.imaging.transform.Spacing;
import org.wardfl.gpu.imaging.transform.Transform;

/// What is done to every volume of a dataset, so that those of different scanners are alike.
///
/// @param orientation of the axes
/// @param spacing size of the voxels along them; none leaves each volume its own
/// @param intensity what is done to the values, after the rest
public record Preparation(
    Orientation orientation, Optional<List<Double>> spacing, Transform intensity) {

  /// Prepares an image.
  ///
  /// @throws ImageException if its values do not allow it
  public Image image(Image image) throws ImageException {
    return intensity.apply(onTheGrid(image, Interpolation.LINEAR));
  }

  /// Prepares the labels of an image, which keep their values.
  public Image label(Image label) throws ImageException {
    return onTheGrid(label, Interpolation.NEAREST);
  }

  private Image onTheGrid(Image image, Interpolation interpolation) throws ImageException {
    var steps = new ArrayList<Transform>();
    steps.add(orientation);
    spacing.ifPresent(
        size -> steps.add(new Spacing(size.get(0), size.get(1), size.get(2), interpolation)));
    return Transform.all(steps).apply(image);
  }
}
