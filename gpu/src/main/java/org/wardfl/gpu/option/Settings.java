package org.wardfl.gpu.option;

import java.util.List;
import java.util.Optional;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;

/// Arguments with ranges.
///
/// @param arguments of the job
public record Settings(Arguments arguments) {

  /// Reads settings within a setting.
  ///
  /// @param <T> what they are read as
  @FunctionalInterface
  public interface Reader<T> {
    /// Reads them.
    ///
    /// @throws AlgoException.Configuration that begins with the key that is wrong, in backquotes
    T read(Arguments inner) throws AlgoException.Configuration;
  }

  /// What stands within a setting, which may be left out.
  ///
  /// @throws AlgoException.Configuration as the reader does, naming the key as `outer.inner`
  public static <T> T within(Arguments arguments, String key, Reader<T> reader)
      throws AlgoException.Configuration {
    var inner = arguments.nested(key).orElseGet(Arguments::none);
    try {
      return reader.read(inner);
    } catch (AlgoException.Configuration e) {
      throw e.within(key);
    }
  }

  /// One of some words.
  ///
  /// @throws AlgoException.Configuration if it is none of them
  public String word(String key, String defaultValue, List<String> words)
      throws AlgoException.Configuration {
    var word = arguments.string(key, defaultValue);
    if (!words.contains(word)) {
      throw new AlgoException.Configuration(
          "`" + key + "`: found " + word + ", expected " + String.join(" or ", words));
    }
    return word;
  }

  /// A whole number.
  ///
  /// @throws AlgoException.Configuration if it is below min or above max
  public int whole(String key, long defaultValue, int min, int max)
      throws AlgoException.Configuration {
    long value = arguments.integer(key, defaultValue);
    if (value < min || value > max) {
      throw new AlgoException.Configuration(
          "argument `" + key + "`: found " + value + ", expected " + min + " to " + max);
    }
    return (int) value;
  }

  /// A number.
  ///
  /// @param defaultValue none makes it required
  /// @param min the least; [Double#MIN_VALUE] means more than 0
  /// @throws AlgoException.Configuration if it is below min or above max
  public double number(String key, Optional<Double> defaultValue, double min, double max)
      throws AlgoException.Configuration {
    double value =
        defaultValue.isPresent()
            ? arguments.number(key, defaultValue.get())
            : arguments.number(key);
    if (!(value >= min && value <= max)) {
      throw new AlgoException.Configuration(
          "argument `"
              + key
              + "`: found "
              + value
              + ", expected "
              + (min == Double.MIN_VALUE ? "more than 0, at most " : min + " to ")
              + max);
    }
    return value;
  }

  /// Positive whole numbers, as many as there should be.
  ///
  /// @param counts how many there may be
  /// @throws AlgoException.Configuration if there are more or fewer, or one is out of range
  public List<Integer> wholes(
      String key, List<Long> defaultValue, List<Integer> counts, int min, int max)
      throws AlgoException.Configuration {
    var values = arguments.integers(key, defaultValue);
    if (!counts.contains(values.size())
        || values.stream().anyMatch(value -> value < min || value > max)) {
      throw new AlgoException.Configuration(
          "argument `"
              + key
              + "`: found "
              + values
              + ", expected "
              + counts.stream().map(String::valueOf).reduce((a, b) -> a + " or " + b).orElse("no")
              + " numbers from "
              + min
              + " to "
              + max);
    }
    return values.stream().map(Math::toIntExact).toList();
  }

  /// An amount of memory, such as `512MiB`.
  ///
  /// @return bytes
  /// @throws AlgoException.Configuration if it is none
  public long bytes(String key, String defaultValue) throws AlgoException.Configuration {
    var text = arguments.string(key, defaultValue);
    if (!text.matches("\\d{1,6}(KiB|MiB|GiB)")) {
      throw new AlgoException.Configuration(
          "argument `" + key + "`: found " + text + ", expected an amount such as 512MiB");
    }
    long amount = Long.parseLong(text.substring(0, text.length() - 3));
    return amount
        << switch (text.charAt(text.length() - 3)) {
          case 'K' -> 10;
          case 'M' -> 20;
          default -> 30;
        };
  }
}
