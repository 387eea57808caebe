package org.wardfl.proto.sample;

import java.util.List;
import java.util.Optional;

/// One case, told by its number in the site's list.
public sealed interface Sample {

  /// Its number, from 1.
  int number();

  /// How many cases there are.
  int cases();

  /// The names of its pictures, in the order of showing.
  List<String> pictures();

  /// A slice of a segmented volume.
  ///
  /// @param number of the volume, from 1
  /// @param cases how many volumes there are
  /// @param axis which the slice lies across: x, y or z
  /// @param slice its number along that axis, from 1
  /// @param slices how many there are
  /// @param dice how well the prediction fits the whole volume; empty where that cannot be said
  /// @param classes what is outlined, in the order of the colours
  record Segmented(
      int number,
      int cases,
      String axis,
      int slice,
      int slices,
      Optional<Double> dice,
      List<String> classes)
      implements Sample {

    /// Copies.
    public Segmented {
      classes = List.copyOf(classes);
    }

    @Override
    public List<String> pictures() {
      return List.of("image", "truth", "prediction");
    }
  }

  /// A classified picture.
  ///
  /// @param number of the picture, from 1
  /// @param cases how many pictures there are
  /// @param truth its class
  /// @param predicted the class that the model takes it for
  /// @param probability of that class, by the model
  record Classified(int number, int cases, String truth, String predicted, double probability)
      implements Sample {

    /// Whether the model is right.
    public boolean isRight() {
      return truth.equals(predicted);
    }

    @Override
    public List<String> pictures() {
      return List.of("image");
    }
  }
}
