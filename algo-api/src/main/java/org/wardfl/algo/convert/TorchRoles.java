package org.wardfl.algo.convert;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSpec;

/// What the tensors of a state dict are to the training, as far as their names tell.
///
/// A state dict does not say what is a parameter and what a buffer. `running_mean` and
/// `running_var` beside each other are the running statistics of a normalization layer: buffers.
/// Everything else has the role of its type. Roles that this does not give back are kept in a
/// record of their own in the archive, which PyTorch does not look at.
final class TorchRoles {

  private static final String MEAN = "running_mean";
  private static final String VARIANCE = "running_var";

  private TorchRoles() {}

  /// The role of a tensor among others of these names.
  static Role roleOf(String name, DType dtype, Set<String> names) {
    var role = Role.defaultFor(dtype);
    if (role != Role.PARAMETER || !(name.endsWith(MEAN) || name.endsWith(VARIANCE))) {
      return role;
    }
    var layer = name.substring(0, name.lastIndexOf("running_"));
    boolean isPlain = layer.isEmpty() || layer.endsWith(".");
    return isPlain && names.contains(layer + MEAN) && names.contains(layer + VARIANCE)
        ? Role.BUFFER
        : role;
  }

  /// The roles that names do not tell, one a line.
  static String record(Iterable<TensorSpec> specs, Set<String> names) {
    var lines = new StringBuilder();
    for (var spec : specs) {
      if (spec.role() != roleOf(spec.name(), spec.dtype(), names)) {
        lines.append(spec.role()).append(' ').append(spec.name()).append('\n');
      }
    }
    return lines.toString();
  }

  /// Reads what [#record] wrote.
  static Map<String, Role> parse(String record) throws WeightsException {
    var roles = new LinkedHashMap<String, Role>();
    for (var line : record.lines().toList()) {
      int space = line.indexOf(' ');
      try {
        roles.put(line.substring(space + 1), Role.valueOf(line.substring(0, Math.max(0, space))));
      } catch (IllegalArgumentException _) {
        throw new WeightsException("the record of roles has a line that is none: " + line);
      }
    }
    return roles;
  }
}
