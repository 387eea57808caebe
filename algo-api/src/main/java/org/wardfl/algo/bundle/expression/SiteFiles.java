package org.wardfl.algo.bundle.expression;

/// The files of a site that an expression may name, below one folder.
@FunctionalInterface
public interface SiteFiles {

  /// No site: which files there are is unknown.
  SiteFiles NONE =
      pattern -> {
        throw ExpressionException.opaque("which files there are, only a site can tell");
      };

  /// The paths that a pattern of Python's `glob` matches, in the order of their names.
  ///
  /// @throws ExpressionException if they are not to be seen here
  java.util.List<String> glob(String pattern) throws ExpressionException;
}
