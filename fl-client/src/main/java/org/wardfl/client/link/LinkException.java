package org.wardfl.client.link;

import java.util.Optional;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.channel.Refusal;

/// The server could not be asked, or refused; unless it refused for good, the same call may succeed
/// later.
public final class LinkException extends Exception {

  private static final long serialVersionUID = 1L;

  private final transient Optional<Refusal> refusal;

  /// What was tried, and why it failed.
  public LinkException(String message, Throwable cause) {
    super(message, cause);
    refusal = Refusal.of(cause);
  }

  /// What was tried.
  public LinkException(String message) {
    super(message);
    refusal = Optional.empty();
  }

  /// What the server said; empty if it could not be asked.
  public Optional<Refusal> refusal() {
    return refusal;
  }

  /// Whether the same call will never succeed, also not with a certificate that is renewed.
  public boolean isFinal() {
    return refusal.isPresent()
        && !refusal.get().reason().mayPass()
        && refusal.get().reason() != Reason.IDENTITY;
  }
}
