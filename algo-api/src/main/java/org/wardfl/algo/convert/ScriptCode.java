package org.wardfl.algo.convert;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.zip.ZipArchive;
import org.wardfl.algo.zip.ZipEntryRecord;
import org.wardfl.algo.zip.ZipFormatException;

/// What the code of a TorchScript archive declares of its modules' tensors. It is read as text, and
/// never run.
///
/// `NAME/code/__torch__/a/b.py` has the classes `__torch__.a.b.CLASS`; each that is a module begins
/// with the lists `__parameters__` and `__buffers__`. Source: PyTorch
/// `torch/csrc/jit/serialization/python_print.cpp`.
///
/// @param modules by the full names of their classes
/// @param undeclared classes of modules that do not say which tensors are their buffers, as PyTorch
///   before 1.7 wrote them
/// @param isTraced whether a layer's mode was written down as it was while an example ran through
record ScriptCode(Map<String, Declared> modules, Set<String> undeclared, boolean isTraced) {

  private static final int MAX_FILE_BYTES = 16 << 20;
  private static final String SUFFIX = ".py";
  private static final Pattern CLASS = Pattern.compile("class ([^\\s(]+)\\(Module\\):");
  private static final Pattern PARAMETERS = Pattern.compile("  __parameters__ = \\[(.*)\\]");
  private static final Pattern BUFFERS = Pattern.compile("  __buffers__ = \\[(.*)\\]");
  private static final Pattern BOTH =
      Pattern.compile("(?m)^  __parameters__ = \\[(.*)\\]\\n  __buffers__ = \\[(.*)\\]$");
  private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

  /// The names of one module's own tensors, without those of the modules in it.
  record Declared(Set<String> parameters, Set<String> buffers) {}

  /// Reads all code of an archive.
  static ScriptCode of(ZipArchive archive, String folder) throws IOException, ZipFormatException {
    var modules = new HashMap<String, Declared>();
    var classes = new TreeSet<String>();
    boolean traced = false;
    for (var entry : archive.entries()) {
      if (isCode(entry, folder)) {
        var text = text(archive, entry);
        read(text, qualifier(entry, folder), classes, modules);
        traced |= RecordedModes.in(text);
      }
    }
    classes.removeAll(modules.keySet());
    return new ScriptCode(Map.copyOf(modules), classes, traced);
  }

  static boolean isCode(ZipEntryRecord entry, String folder) {
    return entry.name().startsWith(folder + "/code/") && entry.name().endsWith(SUFFIX);
  }

  static String text(ZipArchive archive, ZipEntryRecord entry)
      throws IOException, ZipFormatException {
    return new String(archive.bytes(entry, MAX_FILE_BYTES), StandardCharsets.UTF_8);
  }

  private static String qualifier(ZipEntryRecord entry, String folder) {
    var path = entry.name().substring((folder + "/code/").length());
    return path.substring(0, path.length() - SUFFIX.length()).replace('/', '.') + ".";
  }

  private static void read(
      String text, String qualifier, Set<String> classes, Map<String, Declared> modules) {
    String type = "";
    Set<String> parameters = Set.of();
    for (var line : text.lines().toList()) {
      var begin = CLASS.matcher(line);
      var list = PARAMETERS.matcher(line);
      var buffers = BUFFERS.matcher(line);
      if (begin.matches()) {
        type = qualifier + begin.group(1);
        classes.add(type);
      } else if (list.matches()) {
        parameters = names(list.group(1));
      } else if (buffers.matches()) {
        modules.put(type, new Declared(parameters, names(buffers.group(1))));
      }
    }
  }

  private static Set<String> names(String list) {
    var names = new LinkedHashSet<String>();
    NAME.matcher(list).results().forEach(match -> names.add(match.group(1)));
    return names;
  }

  /// Whether a module's class says which tensors are its parameters and buffers.
  boolean declares(Pickled.Global type) {
    return modules.containsKey(type.toString());
  }

  /// The role of a tensor of a module; none for an attribute that is neither parameter nor buffer.
  ///
  /// @param type the module's class, which declares them
  Optional<Role> role(Pickled.Global type, String name, DType dtype) {
    var declared = modules.get(type.toString());
    if (declared == null) {
      return Optional.empty();
    }
    if (declared.parameters().contains(name)) {
      return Optional.of(Role.PARAMETER);
    }
    var asBuffer = dtype.isFloating() ? Role.BUFFER : Role.COUNTER;
    return declared.buffers().contains(name) ? Optional.of(asBuffer) : Optional.empty();
  }

  /// The same code, with the buffers among the parameters. What the modules do stays the same: the
  /// lists only say which tensors of a module are listed as what.
  static String withBuffersAsParameters(String code) {
    return BOTH.matcher(code).replaceAll("  __parameters__ = [$1$2]\n  __buffers__ = []");
  }
}
