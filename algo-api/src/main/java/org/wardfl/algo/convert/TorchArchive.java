package org.wardfl.algo.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSpec;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipEntryRecord;
import org.wardfl.algo.zip.ZipFormatException;

/// Reads the tensors of a PyTorch or TorchScript archive.
///
/// `NAME/data.pkl` says what there is; `NAME/data/KEY` are the bytes of the storages. Several
/// tensors may lie in one storage, with any strides. Tensors that show the same elements in the
/// same way are one tensor with several names.
final class TorchArchive {

  /// The record of roles, beside what PyTorch writes.
  static final String ROLES = "ward.roles";

  private static final String PICKLE = "/data.pkl";
  private static final int MAX_PICKLE_BYTES = 64 << 20;
  private static final int MAX_RECORD_BYTES = 16 << 20;

  private final ZipArchive archive;
  private final String folder;
  private final Set<String> verified = new HashSet<>();

  private TorchArchive(ZipArchive archive, String folder) {
    this.archive = archive;
    this.folder = folder;
  }

  /// What was read.
  ///
  /// @param key where the state dict was, empty for the file's own
  record Read(StoredTensors tensors, WeightsFormat format, String key, List<String> leftOut) {}

  /// The folder that everything lies in, if this is such an archive.
  static Optional<String> folder(ZipArchive archive) {
    return archive.entries().stream()
        .map(ZipEntryRecord::name)
        .filter(
            name -> name.endsWith(PICKLE) && name.indexOf('/') == name.length() - PICKLE.length())
        .map(name -> name.substring(0, name.length() - PICKLE.length()))
        .findFirst();
  }

  static Read read(ZipArchive archive, String folder, String key, long fileBytes)
      throws IOException, ZipFormatException, WeightsException {
    return new TorchArchive(archive, folder).read(key, fileBytes);
  }

  private Read read(String key, long fileBytes)
      throws IOException, ZipFormatException, WeightsException {
    var order = archive.entry(folder + "/byteorder");
    if (order.isPresent() && !text(order.get()).strip().equals("little")) {
      throw new WeightsException(
          "written on a big-endian machine; load it in PyTorch on this one and save it again");
    }
    boolean isScript =
        archive.entry(folder + "/constants.pkl").isPresent()
            || archive.entries().stream().anyMatch(e -> e.name().startsWith(folder + "/code/"));
    var pickle = archive.bytes(entry(folder + PICKLE), MAX_PICKLE_BYTES);
    Pickled root;
    try {
      root = PickleMachine.read(pickle, new TorchGlobals(isScript));
    } catch (WeightsException e) {
      throw new WeightsException("data.pkl: " + e.getMessage());
    }
    var found =
        isScript
            ? StateDictSearch.ofModule(root, ScriptCode.of(archive, folder))
            : StateDictSearch.in(root, key);
    var recorded = archive.entry(folder + "/" + ROLES);
    return new Read(
        tensors(
            found.tensors(),
            recorded.isPresent() ? TorchRoles.parse(text(recorded.get())) : found.roles(),
            fileBytes),
        isScript ? WeightsFormat.TORCHSCRIPT : WeightsFormat.STATE_DICT,
        found.key(),
        found.leftOut());
  }

  private StoredTensors tensors(
      Map<String, Pickled.TensorView> views, Map<String, Role> roles, long fileBytes)
      throws IOException, ZipFormatException, WeightsException {
    var tensors = new StoredTensors();
    var seen = new HashMap<Pickled.TensorView, String>();
    for (var view : views.entrySet()) {
      var name = view.getKey();
      var tensor = view.getValue();
      var first = tensor.shape().elements() == 0 ? null : seen.putIfAbsent(tensor, name);
      if (first != null) {
        tensors.alias(name, first);
        continue;
      }
      var inferred = TorchRoles.roleOf(name, tensor.dtype(), views.keySet());
      try {
        var role = roles.getOrDefault(name, inferred);
        tensors.add(stored(new TensorSpec(name, tensor.dtype(), tensor.shape(), role), tensor));
      } catch (IllegalArgumentException e) {
        throw new WeightsException(String.valueOf(e.getMessage()));
      }
    }
    tensors.checkSize(fileBytes);
    return tensors;
  }

  private StoredTensor stored(TensorSpec spec, Pickled.TensorView view)
      throws IOException, ZipFormatException, WeightsException {
    var storage = view.storage();
    var entry = entry(folder + "/data/" + storage.key());
    long width = spec.dtype().sizeBytes();
    long unit = storage.dtype().isPresent() ? width : 1;
    if (storage.elements() > Long.MAX_VALUE / unit
        || storage.elements() * unit != entry.sizeBytes()) {
      throw new WeightsException(
          "tensor "
              + spec.name()
              + ": storage "
              + storage.key()
              + " has "
              + entry.sizeBytes()
              + " bytes in the archive, expected "
              + storage.elements()
              + " elements of "
              + unit
              + " bytes");
    }
    long end;
    try {
      end = view.strides().end(spec.shape());
    } catch (ArithmeticException _) {
      end = Long.MAX_VALUE;
    }
    if (end > entry.sizeBytes() / width) {
      throw new WeightsException(
          "tensor "
              + spec.name()
              + " of shape "
              + spec.shape()
              + " with strides "
              + view.strides().steps()
              + " from element "
              + view.strides().offset()
              + " leaves its storage of "
              + entry.sizeBytes() / width
              + " elements");
    }
    if (verified.add(entry.name())) {
      archive.verify(entry);
    }
    return new StoredTensor(spec, archive.content(entry), 0, view.strides(), false);
  }

  private ZipEntryRecord entry(String name) throws WeightsException {
    return archive
        .entry(name)
        .orElseThrow(() -> new WeightsException("the archive has no entry " + name));
  }

  private String text(ZipEntryRecord entry) throws IOException, ZipFormatException {
    return new String(archive.bytes(entry, MAX_RECORD_BYTES), StandardCharsets.UTF_8);
  }
}
