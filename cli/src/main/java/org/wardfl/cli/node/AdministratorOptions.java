package org.wardfl.cli.node;

import java.io.IOException;
import java.time.InstantSource;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.Renewal;
import org.wardfl.provisioning.KitException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every command that asks the server needs: a person's kit, and the way to the server.
public final class AdministratorOptions {

  @Mixin private KitOptions kit;
  @Mixin private ProxyOptions proxy;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

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

  /// Opens the kit, asks, and gives refusals their exit codes. A certificate of which two thirds
  /// are over is renewed on the way.
  public <T> T ask(Question<T> question) throws InterruptedException {
    return askWithTrust((server, self, _) -> question.ask(server, self));
  }

  /// The same for a question that believes others than the server, too.
  public <T> T askWithTrust(TrustingQuestion<T> question) throws InterruptedException {
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.USER));
    return proxy.ask(
        active,
        server -> {
          T answer = question.ask(server, active.identity(), active.trust());
          renew(server);
          return answer;
        });
  }

  /// The command has its answer whatever comes of this.
  private void renew(AdminSession server) {
    try {
      switch (server.renewal().attempt()) {
        case Renewal.NotDue _ -> {}
        case Renewal.Waiting _ -> note("a renewal of your certificate waits for the project admin");
        case Renewal.Renewed(var until) -> note("your certificate was renewed, until " + until);
      }
    } catch (LinkException | KitException | IOException e) {
      note("your certificate is due for renewal, but: " + e.getMessage());
    }
  }

  private void note(String sentence) {
    var err = spec.commandLine().getErr();
    err.println("note: " + sentence);
    err.flush();
  }
}
