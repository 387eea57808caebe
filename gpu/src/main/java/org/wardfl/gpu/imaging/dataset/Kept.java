package org.wardfl.gpu.imaging.dataset;

import java.util.HashMap;
import java.util.Map;

/// What was made of images, kept in memory until a budget is spent; what finds no place is made
/// again whenever it is asked for. Not thread-safe.
///
/// @param <V> what is made
/// @param <X> how making may fail
public final class Kept<V extends Kept.Sized, X extends Exception> {

  private final Map<Integer, V> kept = new HashMap<>();
  private final Maker<V, X> maker;
  private long left;

  /// Nothing kept yet.
  ///
  /// @param budgetBytes how much may be kept
  /// @param maker what makes the value of a key
  public Kept(long budgetBytes, Maker<V, X> maker) {
    this.left = budgetBytes;
    this.maker = maker;
  }

  /// The value of a key.
  public V get(int key) throws X {
    var known = kept.get(key);
    if (known != null) {
      return known;
    }
    var made = maker.make(key);
    if (made.sizeBytes() <= left) {
      left -= made.sizeBytes();
      kept.put(key, made);
    }
    return made;
  }

  /// Something that takes up memory.
  public interface Sized {

    /// How much.
    long sizeBytes();
  }

  /// Makes the value of a key, the same each time.
  ///
  /// @param <V> what is made
  /// @param <X> how it may fail
  @FunctionalInterface
  public interface Maker<V, X extends Exception> {

    /// Makes it.
    V make(int key) throws X;
  }
}
