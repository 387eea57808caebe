package org.wardfl.algo;

import java.util.List;

/// A failure of an algorithm, by who can mend it.
///
/// The message may travel to the server and to the researcher: it names no path below the dataset
/// and no patient.
public abstract sealed class AlgoException extends Exception {

  private static final long serialVersionUID = 1L;

  private AlgoException(String message) {
    super(message);
  }

  private AlgoException(String message, Throwable cause) {
    super(message, cause);
  }

  /// An argument of the algorithm is wrong; the researcher mends the job.
  public static final class Configuration extends AlgoException {
    private static final long serialVersionUID = 1L;

    private final String[] known;

    /// An argument is wrong.
    public Configuration(String message) {
      this(message, List.of());
    }

    private Configuration(String message, List<String> known) {
      super(message);
      this.known = known.toArray(String[]::new);
    }

    /// There is no such argument.
    ///
    /// @param known those that there are
    public static Configuration unknown(String key, List<String> known) {
      return new Configuration(
          "unknown argument `" + key + "`; expected one of " + String.join(", ", known), known);
    }

    /// The same of an argument that stands within another.
    ///
    /// @param outer the other's key, which the first one in backquotes is put behind
    public Configuration within(String outer) {
      return new Configuration(
          String.valueOf(getMessage()).replaceFirst("`", "`" + outer + "."), known());
    }

    /// The arguments that there are, where one is unknown; else empty.
    public List<String> known() {
      return List.of(known);
    }

    /// The key that the message is about, such as `method.mu`; empty if it names none.
    public String key() {
      var parts = String.valueOf(getMessage()).split("`", 3);
      return parts.length == 3 ? parts[1] : "";
    }
  }

  /// The received model does not fit the algorithm: a tensor is missing, unknown or of another
  /// shape.
  public static final class InvalidModel extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// The model does not fit.
    public InvalidModel(String message) {
      super(message);
    }
  }

  /// The site's data cannot be used; the site mends its dataset.
  public static final class SiteData extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// The data cannot be used.
    public SiteData(String message) {
      super(message);
    }
  }

  /// A device, memory or disk is missing.
  public static final class Resource extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// A resource is missing.
    public Resource(String message) {
      super(message);
    }
  }

  /// Numbers ran away: NaN or infinity in weights, losses or metrics.
  public static final class NonFinite extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// A number is not finite.
    public NonFinite(String message) {
      super(message);
    }
  }

  /// The task was told to stop and did.
  public static final class Aborted extends AlgoException {
    private static final long serialVersionUID = 1L;
    private final AbortCause abortCause;

    /// The task stopped for this reason.
    public Aborted(AbortCause abortCause) {
      super("aborted: " + abortCause);
      this.abortCause = abortCause;
    }

    /// Why it was told to stop.
    public AbortCause abortCause() {
      return abortCause;
    }
  }

  /// The algorithm does not offer this kind of task.
  public static final class Unsupported extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// The kind of task is not offered.
    public Unsupported(String message) {
      super(message);
    }
  }

  /// Anything else that went wrong inside the algorithm.
  public static final class Failure extends AlgoException {
    private static final long serialVersionUID = 1L;

    /// The algorithm failed.
    public Failure(String message, Throwable cause) {
      super(message, cause);
    }

    /// The algorithm failed.
    public Failure(String message) {
      super(message);
    }
  }
}
