package org.wardfl.cli.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.wardfl.certs.Identity;
import org.wardfl.certs.LeafProfile;
import org.wardfl.certs.TrustAnchors;
import org.wardfl.cli.identity.KitOptions;
import org.wardfl.client.admin.AdminSession;
import org.wardfl.client.link.LinkException;
import org.wardfl.client.link.Renewal;
import org.wardfl.provisioning.KitException;
import org.wardfl.provisioning.kit.ActiveKit;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// What every command that asks the server needs: a person's kit, and the way to the server.
public final class AdministratorOptions {

  @Mixin private KitOptions kit;
  @Mixin private ProxyOptions proxy;

  private final Optional<Open> open;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  /// For picocli, which sets the fields.
  @SuppressWarnings("NullAway.Init")
  public AdministratorOptions() {
    open = Optional.empty();
  }

  @SuppressWarnings("NullAway.Init")
  private AdministratorOptions(Open open) {
    this.open = Optional.of(open);
  }

  /// A kit and a connection that several commands share.
  private record Open(ActiveKit kit, AdminSession server) {}

  /// What goes on over one connection.
  public interface Conversation {
    /// Goes on to its end.
    ///
    /// @param commands makes commands that ask over this connection
    /// @param server the connection
    /// @param kit the folder of the person's kit
    int hold(CommandLine.IFactory commands, AdminSession server, Path kit)
        throws IOException, InterruptedException;
  }

  /// Opens the kit and one connection for a conversation, which begins with a question, so that a
  /// way that is broken is told at once.
  ///
  /// @return the exit code
  public int converse(Conversation conversation) throws InterruptedException {
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.USER));
    return proxy.ask(
        active,
        server -> {
          var _ = server.sites();
          renew(server);
          var shared = new AdministratorOptions(new Open(active, server));
          return conversation.hold(shared.factory(), server, active.kit().folder());
        });
  }

  private CommandLine.IFactory factory() {
    var standard = CommandLine.defaultFactory();
    return new CommandLine.IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        return type == AdministratorOptions.class && open.isPresent()
            ? type.cast(new AdministratorOptions(open.get()))
            : standard.create(type);
      }
    };
  }

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
    if (open.isPresent()) {
      var shared = open.get();
      return ProxyOptions.over(shared.server(), server -> answer(shared.kit(), question, server));
    }
    var active = kit.activate(InstantSource.system(), Set.of(LeafProfile.USER));
    return proxy.ask(active, server -> answer(active, question, server));
  }

  private <T> T answer(ActiveKit active, TrustingQuestion<T> question, AdminSession server)
      throws LinkException, IOException, InterruptedException {
    T answer = question.ask(server, active.identity(), active.trust());
    renew(server);
    return answer;
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
