package org.wardfl.algo.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;

/// A configuration as MONAI merges and resolves it, read as data (MONAI
/// `monai/bundle/config_parser.py`, `reference_resolver.py`).
///
/// Later files replace keys of earlier ones; a key with `+` extends a list or mapping; a key with
/// `#` or `::` reaches inside. `%id` and `%file::id` are replaced by a copy of what they name.
/// Relative ids become absolute. References and expressions stay texts.
public final class Config {

  static final int MAX_BYTES = 4 << 20;

  private static final int MAX_NODES = 500_000;
  private static final int MAX_MACRO_DEPTH = 10;
  private static final int MAX_CHAIN = 500;
  private static final String SEPARATOR = "::";
  private static final Pattern REFERENCE = Pattern.compile("@\\w*(?:::\\w*)*");
  private static final Pattern RELATIVE = Pattern.compile("([@%])((?:::)+)");
  private static final Pattern MACRO_FILE =
      Pattern.compile("(?i)(.*\\.(?:json|yaml|yml))(?:::(.*))?");

  private final BundleFiles files;
  private final Node root;

  private Config(BundleFiles files, Node root) {
    this.files = files;
    this.root = root;
  }

  /// Reads and merges files of a bundle, then what a site lays over them.
  ///
  /// @param overrides by id; the bundle itself is never changed
  /// @throws IOException if a file cannot be read
  /// @throws BundleException if one is not JSON or YAML, or merging or resolving fails
  public static Config read(BundleFiles files, List<String> names, Map<String, Node> overrides)
      throws IOException, BundleException {
    Node root = new Node.Mapping(Map.of());
    for (var name : names) {
      for (var member : mapping(files, name).members().entrySet()) {
        root = merged(root, member.getKey(), member.getValue(), name);
      }
    }
    for (var override : overrides.entrySet()) {
      root = merged(root, override.getKey(), override.getValue(), "the overrides");
    }
    var merged = new Config(files, root);
    return new Config(files, new Macros(merged).resolve("", root, 0));
  }

  /// Reads a file that holds a mapping.
  static Node.Mapping mapping(BundleFiles files, String name) throws IOException, BundleException {
    return parse(name, files.text(name, MAX_BYTES));
  }

  /// Reads a text that holds a mapping, as JSON or YAML by the end of its name.
  ///
  /// @throws BundleException if it does not
  public static Node.Mapping parse(String name, String text) throws BundleException {
    var node =
        name.toLowerCase(java.util.Locale.ROOT).endsWith(".json")
            ? JsonText.parse(name, text)
            : YamlText.parse(name, text);
    if (node instanceof Node.Mapping mapping) {
      return mapping;
    }
    throw new BundleException(name + ": found " + node.kind() + ", expected names with values");
  }

  /// Everything.
  public Node root() {
    return root;
  }

  /// The value of that id, such as `train::trainer::max_epochs` or `train#dataset#0`; a reference
  /// there is not followed.
  public Optional<Node> get(String id) {
    return at(root, split(id));
  }

  /// The value of that id; where it is a plain reference, what it refers to.
  public Optional<Node> follow(String id) {
    var node = get(id);
    for (int i = 0; i < MAX_MACRO_DEPTH; i++) {
      if (node.isPresent() && node.get() instanceof Node.Text(var text) && isReference(text)) {
        node = get(text.substring(1));
      }
    }
    return node;
  }

  /// Calls for every value with its id, parents first.
  void forEach(String id, BiConsumer<String, Node> action) {
    get(id).ifPresent(node -> walk(normal(id), node, action));
  }

  /// Whether a text is nothing but `@id`.
  static boolean isReference(String text) {
    return REFERENCE.matcher(text).matches();
  }

  /// The ids that a text refers to: the whole text `@id`, or any in an expression.
  static SequencedSet<String> references(String text) {
    var found = new LinkedHashSet<String>();
    var references = REFERENCE.matcher(text);
    while (references.find()) {
      if (text.startsWith("$") || references.group().length() == text.length()) {
        found.add(references.group().substring(1));
      }
    }
    return found;
  }

  /// References that lead nowhere or in a circle, of everything that this id needs.
  List<Finding> checkReferences(String file, String id) {
    var findings = new ArrayList<Finding>();
    try {
      new References(file, findings).visit(normal(id), 0);
    } catch (BundleException e) {
      findings.add(Finding.error(file, String.valueOf(e.getMessage())));
    }
    return findings;
  }

  private static void walk(String id, Node node, BiConsumer<String, Node> action) {
    action.accept(id, node);
    switch (node) {
      case Node.Mapping(var members) ->
          members.forEach((name, member) -> walk(inside(id, name), member, action));
      case Node.Items(var elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          walk(inside(id, Integer.toString(i)), elements.get(i), action);
        }
      }
      case Node.Text _, Node.Whole _, Node.Real _, Node.Truth _, Node.Nothing _ -> {}
    }
  }

  private static Node merged(Node root, String key, Node value, String origin)
      throws BundleException {
    if (!key.startsWith("+")) {
      return put(root, split(key), value, origin);
    }
    var path = split(key.substring(1));
    var present = at(root, path);
    if (present.isEmpty()) {
      return put(root, path, value, origin);
    }
    if (present.get() instanceof Node.Items(var first) && value instanceof Node.Items(var second)) {
      var all = new ArrayList<>(first);
      all.addAll(second);
      return put(root, path, new Node.Items(all), origin);
    }
    if (present.get() instanceof Node.Mapping(var first)
        && value instanceof Node.Mapping(var second)) {
      var all = new LinkedHashMap<>(first);
      all.putAll(second);
      return put(root, path, new Node.Mapping(all), origin);
    }
    throw new BundleException(
        origin
            + ": "
            + key
            + " joins "
            + value.kind()
            + " to "
            + present.get().kind()
            + ", expected two lists or two mappings");
  }

  private static Node put(Node node, List<String> path, Node value, String origin)
      throws BundleException {
    if (path.isEmpty()) {
      return value;
    }
    var key = path.getFirst();
    var rest = path.subList(1, path.size());
    if (node instanceof Node.Mapping(var members)) {
      var changed = new LinkedHashMap<>(members);
      var inner = members.getOrDefault(key, new Node.Mapping(Map.of()));
      changed.put(key, put(inner, rest, value, origin));
      return new Node.Mapping(changed);
    }
    if (node instanceof Node.Items(var elements) && index(key, elements.size()) >= 0) {
      var changed = new ArrayList<>(elements);
      int index = index(key, elements.size());
      changed.set(index, put(elements.get(index), rest, value, origin));
      return new Node.Items(changed);
    }
    throw new BundleException(
        origin + ": there is no '" + key + "' inside " + node.kind() + " to be set");
  }

  private static Optional<Node> at(Node node, List<String> path) {
    var found = Optional.of(node);
    for (var key : path) {
      found =
          found.flatMap(inner ->
              switch (inner) {
                case Node.Mapping(var members) -> Optional.ofNullable(members.get(key));
                case Node.Items(var elements) ->
                    index(key, elements.size()) < 0
                        ? Optional.empty()
                        : Optional.of(elements.get(index(key, elements.size())));
                case Node.Text _, Node.Whole _, Node.Real _, Node.Truth _, Node.Nothing _ ->
                    Optional.empty();
              });
    }
    return found;
  }

  private static int index(String key, int size) {
    int index = key.matches("[0-9]{1,6}") ? Integer.parseInt(key) : -1;
    return index < size ? index : -1;
  }

  static String normal(String id) {
    return id.replace("#", SEPARATOR);
  }

  private static List<String> split(String id) {
    return id.isEmpty() ? List.of() : List.of(normal(id).split(SEPARATOR, -1));
  }

  static String inside(String id, String name) {
    return id.isEmpty() ? name : id + SEPARATOR + name;
  }

  /// Replaces macros and relative ids.
  private static final class Macros {

    private final Config config;
    private final Map<String, Node> read = new HashMap<>();
    private int nodes;

    Macros(Config config) {
      this.config = config;
    }

    Node resolve(String id, Node node, int depth) throws IOException, BundleException {
      nodes++;
      if (nodes > MAX_NODES) {
        throw new BundleException("macros make more than " + MAX_NODES + " values, at " + id);
      }
      return switch (node) {
        case Node.Mapping(var members) -> {
          var resolved = new LinkedHashMap<String, Node>();
          for (var member : members.entrySet()) {
            resolved.put(
                member.getKey(), resolve(inside(id, member.getKey()), member.getValue(), depth));
          }
          yield new Node.Mapping(resolved);
        }
        case Node.Items(var elements) -> {
          var resolved = new ArrayList<Node>();
          for (int i = 0; i < elements.size(); i++) {
            resolved.add(resolve(inside(id, Integer.toString(i)), elements.get(i), depth));
          }
          yield new Node.Items(resolved);
        }
        case Node.Text(var text) -> text(id, text, depth);
        case Node.Whole _, Node.Real _, Node.Truth _, Node.Nothing _ -> node;
      };
    }

    private Node text(String id, String text, int depth) throws IOException, BundleException {
      if (!text.startsWith("$") && !text.startsWith("@") && !text.startsWith("%")) {
        return new Node.Text(text);
      }
      var absolute = absolute(id, normal(text));
      if (!absolute.startsWith("%")) {
        return new Node.Text(absolute);
      }
      if (depth >= MAX_MACRO_DEPTH) {
        throw new BundleException(
            id + ": macros within macros, more than " + MAX_MACRO_DEPTH + " deep: " + text);
      }
      var source = config.root;
      var inner = absolute.substring(1);
      var file = MACRO_FILE.matcher(inner);
      if (file.matches()) {
        source = file(id, file.group(1));
        inner = file.group(2) == null ? "" : file.group(2);
      }
      var found = at(source, split(inner));
      if (found.isEmpty()) {
        throw new BundleException(id + ": the macro " + text + " names nothing");
      }
      return resolve(id, found.get(), depth + 1);
    }

    private Node file(String id, String name) throws IOException, BundleException {
      var known = read.get(name);
      if (known != null) {
        return known;
      }
      // MONAI resolves such a path against the process's folder; a bundle's own files are named
      // from its root or from its configurations.
      var path = config.files.has(name) ? name : "configs/" + name;
      if (!config.files.has(path)) {
        throw new BundleException(id + ": the macro names " + name + ", which the bundle lacks");
      }
      var node = mapping(config.files, path);
      read.put(name, node);
      return node;
    }

    private static String absolute(String id, String text) throws BundleException {
      var path = split(id);
      var result = new StringBuilder();
      var relative = RELATIVE.matcher(text);
      while (relative.find()) {
        int up = relative.group(2).length() / SEPARATOR.length();
        if (up > path.size()) {
          throw new BundleException(id + ": " + text + " reaches above the configuration");
        }
        var parent = String.join(SEPARATOR, path.subList(0, path.size() - up));
        var replacement = relative.group(1) + (parent.isEmpty() ? "" : parent + SEPARATOR);
        relative.appendReplacement(result, java.util.regex.Matcher.quoteReplacement(replacement));
      }
      return relative.appendTail(result).toString();
    }
  }

  /// Follows references.
  private final class References {

    private final String file;
    private final List<Finding> findings;
    private final Map<String, Boolean> finished = new HashMap<>();

    References(String file, List<Finding> findings) {
      this.file = file;
      this.findings = findings;
    }

    void visit(String id, int depth) throws BundleException {
      if (depth > MAX_CHAIN) {
        throw new BundleException("a chain of more than " + MAX_CHAIN + " references, at " + id);
      }
      var known = finished.putIfAbsent(id, false);
      if (known != null) {
        if (!known) {
          throw new BundleException("references in a circle, through '" + id + "'");
        }
        return;
      }
      var wanted = new LinkedHashMap<String, String>();
      forEach(
          id,
          (at, node) -> {
            if (node instanceof Node.Text(var text)) {
              references(text).forEach(reference -> wanted.putIfAbsent(reference, at));
            }
          });
      for (var reference : wanted.entrySet()) {
        if (get(reference.getKey()).isEmpty()) {
          findings.add(
              Finding.error(
                  file + " " + reference.getValue(),
                  "refers to '" + reference.getKey() + "', which is not there"));
        } else {
          visit(reference.getKey(), depth + 1);
        }
      }
      finished.put(id, true);
    }
  }
}
