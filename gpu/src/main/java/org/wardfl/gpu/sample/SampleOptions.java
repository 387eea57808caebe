package org.wardfl.gpu.sample;

import java.util.List;
import java.util.stream.IntStream;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.Arguments;
import org.wardfl.gpu.option.Settings;

/// The arguments about sample pictures, checked.
///
/// @param count how many pictures of cases an evaluation leaves at its site
/// @param names what the classes are called, by number
public record SampleOptions(int count, List<String> names) {

  /// No samples.
  public static final SampleOptions NONE = new SampleOptions(0, List.of());

  private static final int MOST = 12;

  /// Copies.
  public SampleOptions {
    names = List.copyOf(names);
  }

  /// Reads them.
  ///
  /// @param classes how many there are
  /// @throws AlgoException.Configuration if there are more than 12 samples, or other than one name
  ///   for each class, of at most 40 letters, digits, spaces and `_.+/()-`
  public static SampleOptions of(Arguments arguments, int classes)
      throws AlgoException.Configuration {
    int count = new Settings(arguments).whole("samples", 0, 0, MOST);
    var unnamed = IntStream.range(0, classes).mapToObj(label -> "class " + label).toList();
    var names = arguments.strings("class_names", unnamed);
    if (names.size() != classes) {
      throw new AlgoException.Configuration(
          "argument `class_names`: found " + names.size() + " names, expected " + classes);
    }
    for (var name : names) {
      if (!name.matches("[\\p{L}\\p{N}][\\p{L}\\p{N} _.+/()-]{0,39}")) {
        throw new AlgoException.Configuration(
            "argument `class_names`: found '"
                + name
                + "', expected up to 40 letters, digits, spaces and _.+/()-");
      }
    }
    return new SampleOptions(count, names);
  }
}
