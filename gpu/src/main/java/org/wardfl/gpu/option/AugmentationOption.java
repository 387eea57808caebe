package org.wardfl.gpu.option;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.transform.Augmentation;

/// The argument `augmentation`: `{flip: [x, y, z], rotate90: true, scale: 0.1, shift: 0.1, noise:
/// 0.05}`, each of which may be left out.
public final class AugmentationOption {

  private static final List<String> AXES = List.of("x", "y", "z");

  private AugmentationOption() {}

  /// Reads it.
  ///
  /// @throws AlgoException.Configuration if it says anything else
  public static Augmentation of(Arguments arguments) throws AlgoException.Configuration {
    return Settings.within(arguments, "augmentation", AugmentationOption::augmentation);
  }

  private static Augmentation augmentation(Arguments augmentation)
      throws AlgoException.Configuration {
    augmentation.only("flip", "rotate90", "scale", "shift", "noise");
    var flip = augmentation.strings("flip", List.of());
    if (!AXES.containsAll(flip)) {
      throw new AlgoException.Configuration(
          "argument `flip`: found " + flip + ", expected a list of x, y and z");
    }
    var settings = new Settings(augmentation);
    return new Augmentation(
        flip.contains("x"),
        flip.contains("y"),
        flip.contains("z"),
        augmentation.bool("rotate90", false),
        settings.number("scale", Optional.of(0.0), 0, 1),
        settings.number("shift", Optional.of(0.0), 0, 1e6),
        settings.number("noise", Optional.of(0.0), 0, 1e6));
  }
}
