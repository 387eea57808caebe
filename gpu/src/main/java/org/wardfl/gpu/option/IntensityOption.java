package org.wardfl.gpu.option;

import java.util.List;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.imaging.transform.NormalizeIntensity;
import org.wardfl.gpu.imaging.transform.ScaleIntensityRange;
import org.wardfl.gpu.imaging.transform.ScaleIntensityRangePercentiles;
import org.wardfl.gpu.imaging.transform.Transform;

/// The argument `intensity`: `{method: normalize, nonzero: true}`, `{method: range, from: [-500,
/// 1500]}` or `{method: percentiles, from: [1, 99]}`; the last two map to `to`, by default 0 to 1,
/// and clip unless `clip` is false.
public final class IntensityOption {

  private IntensityOption() {}

  /// Reads it.
  ///
  /// @throws AlgoException.Configuration if it says anything else
  public static Transform of(Arguments arguments) throws AlgoException.Configuration {
    try {
      return Settings.within(arguments, "intensity", IntensityOption::transform);
    } catch (IllegalArgumentException e) {
      throw new AlgoException.Configuration("argument `intensity`: " + e.getMessage());
    }
  }

  private static Transform transform(Arguments intensity) throws AlgoException.Configuration {
    intensity.only("method", "nonzero", "from", "to", "clip");
    var method =
        new Settings(intensity)
            .word("method", "normalize", List.of("normalize", "range", "percentiles"));
    if (method.equals("normalize")) {
      return new NormalizeIntensity(intensity.bool("nonzero", false));
    }
    var from = intensity.numbers("from", List.of());
    var to = intensity.numbers("to", List.of(0.0, 1.0));
    boolean clip = intensity.bool("clip", true);
    if (from.size() != 2 || to.size() != 2) {
      throw new AlgoException.Configuration(
          "argument `from`: expected two numbers, and two in `to`");
    }
    return method.equals("range")
        ? new ScaleIntensityRange(from.get(0), from.get(1), to.get(0), to.get(1), clip)
        : new ScaleIntensityRangePercentiles(from.get(0), from.get(1), to.get(0), to.get(1), clip);
  }
}
