package org.wardfl.algo.convert;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/// The formats of files of weights.
public enum WeightsFormat {
  /// Ward's own: safetensors.
  SAFETENSORS("safetensors file"),
  /// A PyTorch state dict in PyTorch's ZIP format (1.6 and newer).
  STATE_DICT("PyTorch state dict"),
  /// A TorchScript archive; read only.
  TORCHSCRIPT("TorchScript archive"),
  /// NumPy's archive of arrays.
  NPZ("NumPy archive");

  private final String title;

  WeightsFormat(String title) {
    this.title = title;
  }

  /// What people call it.
  public String title() {
    return title;
  }

  /// The format that a file to be written should have, by the end of its name: `.safetensors`,
  /// `.pt`, `.pth` or `.npz`.
  public static Optional<WeightsFormat> ofOutput(Path file) {
    var name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".safetensors")) {
      return Optional.of(SAFETENSORS);
    }
    if (name.endsWith(".pt") || name.endsWith(".pth")) {
      return Optional.of(STATE_DICT);
    }
    return name.endsWith(".npz") ? Optional.of(NPZ) : Optional.empty();
  }
}
