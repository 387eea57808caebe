package org.wardfl.server.report;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.DoubleStream;

/// Maps values to positions along an axis.
///
/// @param low the value at the axis' start
/// @param high the value at its end, greater than `low`
/// @param step the distance between two ticks
/// @param ticks the values that are written beside it, ascending
record Scale(double low, double high, double step, List<Double> ticks) {

  // Beyond it the room around the values, and what is reckoned with it, is no finite number.
  private static final double HUGE = 1e300;

  Scale {
    if (!(low < high)) {
      throw new IllegalArgumentException("an axis from " + low + " to " + high);
    }
    ticks = List.copyOf(ticks);
  }

  /// An axis over these values with round ends and about five ticks. Values that are all shares
  /// never get an axis that leaves 0 to 1.
  static Scale around(double least, double greatest) {
    if (Math.max(-least, greatest) > HUGE) {
      return huge(least, greatest);
    }
    double middle = least / 2 + greatest / 2;
    double room = Math.max(greatest - least, Math.max(Math.abs(middle) * 0.02, 1e-9));
    double step = roundStep(room / 4);
    double low = Math.floor((middle - room / 2) / step) * step;
    double high = Math.ceil((middle + room / 2) / step) * step;
    if (least >= 0) {
      low = Math.max(low, 0);
    }
    if (least >= 0 && greatest <= 1) {
      high = Math.min(high, 1);
    }
    return new Scale(low, high, step, ticks(low, high, step));
  }

  /// An axis from 0.
  static Scale fromZero(double greatest) {
    if (greatest > HUGE) {
      return huge(0, greatest);
    }
    double high = greatest > 0 ? greatest : 1;
    double step = roundStep(high / 5);
    double end = Math.ceil(high / step - 1e-9) * step;
    return new Scale(0, end, step, ticks(0, end, step));
  }

  private static Scale huge(double least, double greatest) {
    double low = Math.min(least, 0);
    double high = Math.max(greatest, 0);
    return new Scale(
        low, high, high / 2 - low / 2, DoubleStream.of(low, 0, high).distinct().boxed().toList());
  }

  /// An axis over whole numbers, such as rounds, with ticks at whole numbers only.
  static Scale whole(int first, int last) {
    if (first == last) {
      return cells(first, last);
    }
    double step = wholeStep(first, last);
    return new Scale(first, last, step, ticks(first, last, step));
  }

  /// An axis along which each whole number has a cell of its own, for bars.
  static Scale cells(int first, int last) {
    double step = wholeStep(first, last);
    return new Scale(first - 0.5, last + 0.5, step, ticks(first, last, step));
  }

  /// A tick's value with as many decimals as the steps need.
  String label(double tick) {
    if (Math.max(Math.abs(low), Math.abs(high)) >= 1e7 || step < 1e-6) {
      return Display.number(tick);
    }
    int decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    return BigDecimal.valueOf(tick).setScale(decimals, RoundingMode.HALF_EVEN).toPlainString();
  }

  /// Where the value lies: 0 at the start, 1 at the end.
  double at(double value) {
    // By halves: the difference of two huge numbers may be none.
    return (value / 2 - low / 2) / (high / 2 - low / 2);
  }

  private static double wholeStep(int first, int last) {
    return first == last ? 1 : Math.max(1, roundStep((last - first) / 6.0));
  }

  private static List<Double> ticks(double low, double high, double step) {
    var ticks = new ArrayList<Double>();
    long start = (long) Math.ceil(low / step - 1e-9);
    for (long i = start; i * step <= high + step * 1e-9; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /// The least of 1, 2 and 5 times a power of ten that is not below the given step.
  private static double roundStep(double step) {
    double power = Math.pow(10, Math.floor(Math.log10(step)));
    for (double factor : new double[] {1, 2, 5}) {
      if (factor * power >= step * (1 - 1e-9)) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
