package org.wardfl.client.host;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipFile;
import org.wardfl.algo.AlgoException;
import org.wardfl.algo.ClientAlgo;
import org.wardfl.algo.ClientAlgoFactory;
import org.wardfl.proto.job.AlgorithmDefinition;

/// The algorithms that can run here: those that are installed, and those that a job brings as a
/// class in a jar.
public final class AlgorithmCatalog {

  private final List<ClientAlgoFactory> factories;
  private final Map<Path, ClassLoader> loaders = new ConcurrentHashMap<>();

  /// A catalog of these factories.
  public AlgorithmCatalog(List<ClientAlgoFactory> factories) {
    this.factories = List.copyOf(factories);
  }

  /// The factories on the class path.
  public static AlgorithmCatalog installed() {
    var found = new ArrayList<ClientAlgoFactory>();
    ServiceLoader.load(ClientAlgoFactory.class).forEach(found::add);
    return new AlgorithmCatalog(found);
  }

  /// The words for all installed algorithms, and for those that a job brings.
  public List<String> types() {
    var types = new TreeSet<String>();
    factories.forEach(factory -> types.add(factory.id()));
    var others =
        List.of(AlgorithmDefinition.BUNDLE, AlgorithmDefinition.JAVA, AlgorithmDefinition.PYTHON);
    types.removeAll(others);
    var all = new ArrayList<>(types);
    all.addAll(others);
    return all;
  }

  /// The factory of an installed algorithm.
  public Optional<ClientAlgoFactory> factory(String type) {
    return factories.stream().filter(factory -> factory.id().equals(type)).findFirst();
  }

  /// Whether the algorithm must not share a process with another.
  public boolean needsOwnProcess(AlgorithmDefinition algorithm) {
    return algorithm.needsPython()
        || factory(algorithm.type()).map(ClientAlgoFactory::needsOwnProcess).orElse(false);
  }

  /// A new instance; those of one jar share their classes.
  ///
  /// @throws AlgoException.Configuration if there is no such algorithm or class
  public ClientAlgo create(AlgorithmDefinition algorithm, Path jobFolder)
      throws AlgoException.Configuration {
    if (algorithm.jar().isPresent() && algorithm.className().isPresent()) {
      return fromJar(jobFolder.resolve(algorithm.jar().get()), algorithm.className().get());
    }
    var factory =
        factory(algorithm.type())
            .orElseThrow(() ->
                new AlgoException.Configuration(
                    "algorithm `"
                        + algorithm.type()
                        + "` is not installed here; there are "
                        + String.join(", ", types())));
    return factory.create();
  }

  private ClientAlgo fromJar(Path jar, String className) throws AlgoException.Configuration {
    try {
      var type = Class.forName(className, true, loader(jar));
      if (!ClientAlgo.class.isAssignableFrom(type)) {
        throw new AlgoException.Configuration(
            "algorithm.class: " + className + " is not a ClientAlgo");
      }
      return type.asSubclass(ClientAlgo.class).getConstructor().newInstance();
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new AlgoException.Configuration(
          "algorithm.class: " + jar.getFileName() + " has no class " + e.getMessage());
    } catch (NoSuchMethodException _) {
      throw new AlgoException.Configuration(
          "algorithm.class: " + className + " has no public constructor without parameters");
    } catch (ReflectiveOperationException | LinkageError e) {
      var cause = e.getCause() == null ? e : e.getCause();
      throw new AlgoException.Configuration(
          "algorithm.class: " + className + " cannot be made: " + cause.getClass().getName());
    }
  }

  /// One loader for each jar, kept as long as the catalog: opening a jar takes longer than a small
  /// task.
  private ClassLoader loader(Path jar) throws AlgoException.Configuration {
    var key = jar.toAbsolutePath().normalize();
    var known = loaders.get(key);
    if (known != null) {
      return known;
    }
    if (!Files.isRegularFile(jar)) {
      throw new AlgoException.Configuration(
          "algorithm.jar: there is no file " + jar.getFileName() + " in the job folder");
    }
    try (var _ = new ZipFile(jar.toFile())) {
      // It is one.
    } catch (IOException _) {
      throw new AlgoException.Configuration(
          "algorithm.jar: " + jar.getFileName() + " is not a jar that can be read");
    }
    var url = url(jar);
    return loaders.computeIfAbsent(
        key, _ -> new URLClassLoader(new URL[] {url}, new AlgoOnlyLoader()));
  }

  private static URL url(Path jar) throws AlgoException.Configuration {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException _) {
      throw new AlgoException.Configuration(
          "algorithm.jar: " + jar.getFileName() + " is no usable file name");
    }
  }

  /// Shows a job's code the JDK and algo-api, and nothing else of this process.
  private static final class AlgoOnlyLoader extends ClassLoader {

    AlgoOnlyLoader() {
      super(ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (name.startsWith("org.wardfl.algo.") || name.startsWith("org.jspecify.")) {
        return Class.forName(name, false, ClientAlgo.class.getClassLoader());
      }
      throw new ClassNotFoundException(name);
    }
  }
}
