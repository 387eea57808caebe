package org.wardfl.client.python;

import java.time.Duration;

/// How long a process of Python is waited for.
///
/// @param launch from its start to its first word, imports included: `import monai` alone may take
///   twenty seconds
/// @param silence without a sign of life; a process gives one every second, unless native code
///   holds the interpreter
/// @param abort from the request to stop to the end by force; shorter than the platform's own
///   grace, so that what ignores it ends in time
public record PythonLimits(Duration launch, Duration silence, Duration abort) {

  /// The longest message between the two.
  static final int MESSAGE_BYTES = 16 << 20;

  /// Two minutes, two minutes, two seconds.
  public static final PythonLimits DEFAULT =
      new PythonLimits(Duration.ofMinutes(2), Duration.ofMinutes(2), Duration.ofSeconds(2));
}
