package org.wardfl.gpu.imaging.transform;

import java.util.List;
import org.wardfl.gpu.imaging.Image;
import org.wardfl.gpu.imaging.ImageException;

/// Makes an image of an image, always the same of the same.
@FunctionalInterface
public interface Transform {

  /// The new image; the old one stays as it is.
  ///
  /// @throws ImageException if this image does not allow it
  Image apply(Image image) throws ImageException;

  /// One after the other.
  static Transform all(List<Transform> transforms) {
    var steps = List.copyOf(transforms);
    return image -> {
      var result = image;
      for (var step : steps) {
        result = step.apply(result);
      }
      return result;
    };
  }
}
