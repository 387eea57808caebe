package org.wardfl.algo.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.ZipWriter;

/// Writes a state dict as PyTorch does, so that `torch.load(FILE, weights_only=True)` opens it: an
/// OrderedDict of names to tensors, each tensor contiguous in a storage of its own; tied ones in
/// the same.
///
/// Unsigned types of 16, 32 and 64 bits need PyTorch 2.3 or newer.
final class StateDictWriter {

  private static final String FOLDER = "archive/";
  private static final Map<DType, String> STORAGES =
      Map.of(
          DType.F16, "HalfStorage",
          DType.BF16, "BFloat16Storage",
          DType.F32, "FloatStorage",
          DType.F64, "DoubleStorage",
          DType.I8, "CharStorage",
          DType.U8, "ByteStorage",
          DType.I16, "ShortStorage",
          DType.I32, "IntStorage",
          DType.I64, "LongStorage",
          DType.BOOL, "BoolStorage");

  private StateDictWriter() {}

  static void write(TensorSource source, Path target) throws IOException {
    try (var zip = ZipWriter.open(target)) {
      zip.add(FOLDER + "data.pkl", pickle(source));
      zip.add(FOLDER + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
      int key = 0;
      for (var spec : source.specs()) {
        zip.begin(FOLDER + "data/" + key, spec.sizeBytes());
        Blocks.copy(source, spec, zip::append);
        zip.end();
        key++;
      }
      var names = new HashSet<>(source.aliases().keySet());
      source.specs().forEach(spec -> names.add(spec.name()));
      var roles = TorchRoles.record(source.specs(), names);
      if (!roles.isEmpty()) {
        zip.add(FOLDER + TorchArchive.ROLES, roles.getBytes(StandardCharsets.UTF_8));
      }
      zip.add(FOLDER + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
      zip.finish();
    }
  }

  private static byte[] pickle(TensorSource source) {
    var pickle = new PickleOutput();
    orderedDict(pickle);
    pickle.opcode(Opcode.MARK);
    var keys = new HashMap<String, Integer>();
    for (var spec : source.specs()) {
      keys.put(spec.name(), keys.size());
      pickle.text(spec.name());
      tensor(pickle, spec, keys.size() - 1);
    }
    for (var alias : source.aliases().entrySet()) {
      var spec = source.spec(alias.getValue()).orElseThrow();
      pickle.text(alias.getKey());
      tensor(pickle, spec, java.util.Objects.requireNonNull(keys.get(spec.name())));
    }
    return pickle.opcode(Opcode.SETITEMS).finish();
  }

  private static void tensor(PickleOutput pickle, TensorSpec spec, int key) {
    var storage = STORAGES.get(spec.dtype());
    pickle.global("torch._utils", storage == null ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
    pickle.opcode(Opcode.MARK);
    pickle.opcode(Opcode.MARK).text("storage");
    if (storage == null) {
      pickle.global("torch.storage", "UntypedStorage");
    } else {
      pickle.global("torch", storage);
    }
    pickle.text(Integer.toString(key)).text("cpu");
    pickle.whole(storage == null ? spec.sizeBytes() : spec.shape().elements());
    pickle.opcode(Opcode.TUPLE).opcode(Opcode.BINPERSID);
    pickle.whole(0).tuple(spec.shape().extents());
    pickle.tuple(Strides.rowMajor(0, spec.shape()).steps()).opcode(Opcode.NEWFALSE);
    orderedDict(pickle);
    if (storage == null) {
      pickle.global("torch", torchName(spec.dtype()));
    }
    pickle.opcode(Opcode.TUPLE).opcode(Opcode.REDUCE);
  }

  private static String torchName(DType dtype) {
    return TorchGlobals.DTYPES.entrySet().stream()
        .filter(entry -> entry.getValue() == dtype)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static void orderedDict(PickleOutput pickle) {
    pickle.global("collections", "OrderedDict").opcode(Opcode.EMPTY_TUPLE).opcode(Opcode.REDUCE);
  }
}
