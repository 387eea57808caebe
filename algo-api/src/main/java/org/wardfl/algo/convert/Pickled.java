package org.wardfl.algo.convert;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Shape;

/// What a pickle of tensors can hold. Values are data; none of them does anything.
sealed interface Pickled {

  /// `None`.
  record Nothing() implements Pickled {}

  /// A text.
  record Text(String value) implements Pickled {}

  /// A whole number of at most 64 bits.
  record Whole(long value) implements Pickled {}

  /// A floating-point number.
  record Real(double value) implements Pickled {}

  /// `True` or `False`.
  record Truth(boolean value) implements Pickled {}

  /// A tuple.
  record Tuple(List<Pickled> elements) implements Pickled {
    public Tuple {
      elements = List.copyOf(elements);
    }
  }

  /// A list, which grows while the pickle is read and may come to hold itself.
  final class Sequence implements Pickled {
    final List<Pickled> elements = new ArrayList<>();
  }

  /// A dictionary, which grows while the pickle is read and may come to hold itself.
  final class Dictionary implements Pickled {
    final Map<Pickled, Pickled> members = new LinkedHashMap<>();
  }

  /// A class or function by its name.
  record Global(String module, String name) implements Pickled {
    @Override
    public String toString() {
      return module + "." + name;
    }
  }

  /// A storage in the archive.
  ///
  /// @param dtype of its elements; none where a storage is bytes and the tensor says the type
  record Storage(Optional<DType> dtype, String key, long elements) implements Pickled {}

  /// A tensor in a storage.
  record TensorView(Storage storage, DType dtype, Shape shape, Strides strides)
      implements Pickled {}

  /// An object of a class that is known by its name only, with its attributes.
  final class Instance implements Pickled {
    final Global type;
    Pickled state = new Nothing();

    Instance(Global type) {
      this.type = type;
    }
  }

  /// What people call it.
  default String kind() {
    return switch (this) {
      case Nothing _ -> "None";
      case Text _ -> "a text";
      case Whole _ -> "a whole number";
      case Real _ -> "a number";
      case Truth _ -> "a truth value";
      case Tuple _ -> "a tuple";
      case Sequence _ -> "a list";
      case Dictionary _ -> "a dictionary";
      case Global global -> "the name " + global;
      case Storage _ -> "a storage";
      case TensorView _ -> "a tensor";
      case Instance instance -> "an object of class " + instance.type;
    };
  }
}
