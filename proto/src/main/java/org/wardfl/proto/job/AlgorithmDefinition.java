package org.wardfl.proto.job;

import java.util.Optional;
import org.wardfl.algo.Arguments;

/// What runs at the sites.
///
/// @param type the id of a [org.wardfl.algo.ClientAlgoFactory], or `java` for a class that the job
///   brings
/// @param jar for `java`: the job's file that holds the class, relative to the job folder
/// @param className for `java`: the fully qualified name of a [org.wardfl.algo.ClientAlgo] with a
///   public constructor without parameters
/// @param arguments handed to the algorithm
public record AlgorithmDefinition(
    String type, Optional<String> jar, Optional<String> className, Arguments arguments) {

  /// The type of an algorithm that the job brings as a class in a jar.
  public static final String JAVA = "java";

  /// Checks that a `java` algorithm, and only that, names a jar and a class.
  ///
  /// @throws IllegalArgumentException naming the key
  public AlgorithmDefinition {
    boolean java = type.equals(JAVA);
    if (java != jar.isPresent() || java != className.isPresent()) {
      throw new IllegalArgumentException(
          "algorithm: `jar` and `class` belong to type java, and type java needs both; found type "
              + type);
    }
  }
}
