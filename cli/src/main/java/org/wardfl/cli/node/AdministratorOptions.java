package org.wardfl.cli.node;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.cli.CommandException;
import org.wardfl.cli.ExitCode;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import picocli.CommandLine.Mixin;

/// What every command that asks the server needs: a person's kit, and the way to the server.
public final class AdministratorOptions {

  @Mixin private KitOptions kit;
  @Mixin private ProxyOptions proxy;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public AdministratorOptions() {}

  /// What is asked of the server.
  ///
  /// @param <T> the answer
  public interface Question<T> {
    /// Asks.
    T ask(AdminSession server, Identity self)
        throws LinkException, IOException, InterruptedException;
  }

  /// What is asked of the server, with whom this person believes.
  ///
  /// @param <T> the answer
  public interface TrustingQuestion<T> {
    /// Asks.
    T ask(AdminSession server, Identity self, TrustAnchors trust)
        throws LinkException, IOException, InterruptedException;
  }

  /// Opens the kit, asks, and gives refusals their exit codes.
  public <T> T ask(Question<T> question) throws InterruptedException {
    return askWithTrust((server, self, _) -> question.ask(server, self));
  }

  /// The same for a question that believes others than the server, too.
  public <T> T askWithTrust(TrustingQuestion<T> question) throws InterruptedException {
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.USER));
    try (var server = new AdminSession(active, proxy.proxy())) {
      return question.ask(server, active.identity(), active.trust());
    } catch (LinkException e) {
      throw new CommandException(code(e), String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new CommandException(
          ExitCode.FAILED, "a file could not be read or written: " + e.getMessage(), e);
    }
  }

  private static ExitCode code(LinkException e) {
    return e.refusal()
        .map(refusal ->
            switch (refusal.reason()) {
              case PERMISSION, IMPERSONATION, IDENTITY -> ExitCode.NOT_PERMITTED;
              case NOT_FOUND, MALFORMED, JOB_REFUSED -> ExitCode.WRONG_INPUT;
              case PROTOCOL_VERSION,
                  OTHER_INSTANCE,
                  REPLACED,
                  OBSOLETE,
                  HASH_MISMATCH,
                  QUOTA,
                  BUSY,
                  TOO_SLOW,
                  STORAGE,
                  INTERNAL ->
                  ExitCode.FAILED;
            })
        .orElse(ExitCode.NOT_REACHABLE);
  }
}
